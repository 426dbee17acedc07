"""The textbook's house: chapters in MyST Markdown become a site, a PDF, an EPUB and notebooks.

`python -m book` builds all of it into dist/book/. Pages include what stands elsewhere and never
restate it: assignments come from the syllabus, figures of speed from the benchmarks.

Read in this order; each module imports only earlier ones:

    errors        what is wrong with a page, as a sentence
    source_text   a chapter cut into prose and blocks
    syntax        what of MyST a page may use
    numbers       numbers in prose, computed
    inline        inline Markdown as HTML
    languages     English, and three into which the book is translated
    checks        one text of a check, four renderings
    translatable  the texts of a page, and the page with others in their places
    roles         what a translation keeps of {num}, {term} and the like
    contents      the parts, their chapters, and where ML and systems meet
    structure     what of a chapter no translation changes
    catalogues    the translations: catalogues of gettext
    time_limit    a cell that does not end
    chapter       a chapter run: its names, its outputs, its checks
    fonts         the signs of Chinese, Japanese and Korean on paper
    charts        a chapter's figures as SVG
    references    what a chapter cites
    links         labs and modules that a page names: a link, or planned
    reader_paths  ways through the course, with their minutes
    terms         the glossary of the book, and its index
    bibliography  all works that the chapters cite
    plain         a chapter as plain Markdown, for paper and notebooks
    whole_book    title page, plan, glossary and bibliography of a book on paper
    notebooks     "run this chapter"
    lint          what a chapter has to hold
    chapters      the chapters themselves
    front_page    the map of the course
    coverage      how complete each language is
    translation_faults  what a translation lost
    extract       all texts into the catalogues
    page_reader   a page with the outputs of its cells, as myst-nb reads it
    search_terms  search without spaces between words
    sphinx_pages  roles and directives of Sphinx
    conf          Sphinx's settings
    site          the HTML
    paper         PDF and EPUB
    build         everything into one folder
"""
