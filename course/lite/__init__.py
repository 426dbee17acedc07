"""The course in the browser: a JupyterLite site in which Python runs inside the page.

`python -m lite` makes it from what `autograder publish` made, into dist/lite/. Any server of files
can offer it. `kernel/` holds what stands in Python there in the place of what a page cannot have.

Read in this order; each module imports only earlier ones:

    errors        what keeps the site from being built, as a sentence
    trials        which notebooks run to their end there: notebooks.toml, found by running them
    folder        the students' folder and wheel, as published
    offer         which of its assignments the site offers, and why not the others
    builder       the environment of JupyterLite's own tools, made with pip
    kernel_files  what Python in the page has: packages, stand-ins, a start-up file
    contents      the files that a student finds
    front_page    the page that opens first
    site_folder   where the site goes, and what is left alone
    build         everything into one folder
"""
