"""The book's roles and directives for Sphinx: the one door to it, beside its settings.

Roles: {num}, {cite}, {lab}. Directives: {chart}, {check}, {references}, {note}, {chapter-facts};
for the pages that are made {front-page}, {forms}, {part}, {path}, {paths}, {terms}, {bibliography},
{assignments}, {measured}, {coverage}. A term shows its meaning when the pointer rests on it. A page
is read in the language of the site.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from coursekit import syllabus
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from book.bibliography import bibliography_page
from book.catalogues import po_path, translator
from book.chapter import Chapter, domain, open_chapter
from book.charts import svg
from book.checks.page import block, script_texts
from book.contents import BOOK, Entry, entries, parts, written_chapters
from book.coverage import coverage_page
from book.fonts import can_print
from book.front_page import head, tables
from book.inline import to_html
from book.languages import ENGLISH, LANGUAGES, Say, language
from book.links import ASSIGNMENTS, assignments_text, lab
from book.numbers import UNIT, filled, number
from book.reader_paths import path_page, paths_list
from book.references import annotated, work
from book.search_terms import LANGUAGES_WITHOUT_SPACES, English
from book.terms import terms_page
from book.translatable import mapped

Nodes = list[nodes.Node]
MEASURED = BOOK.parents[1] / "benchmarks" / "README.md"
CONTENTS = BOOK / "contents.toml"


def chapter_of(place: SphinxDirective | SphinxRole) -> Chapter:
    """The chapter in whose page it is: chapters/benchmarking/benchmarking -> benchmarking."""
    return open_chapter(place.env.docname.rpartition("/")[2], place.config.language)


def say_in(place: SphinxDirective | SphinxRole) -> Say:
    """The site's own words in its language; the page is read again when they change."""
    code = place.config.language
    depend(place.env, *(po_path(code, name) for name in ("contents", "interface", "figures")))
    return translator(code)


def depend(env: BuildEnvironment, *sources: Path) -> None:
    """Has the page read again when one of these files changes. What is no file would count as
    changed at each build: that a chapter is new is in the setting `book_names`."""
    for path in sources:
        if path.is_file():
            env.note_dependency(str(path))


def raw(text: str) -> nodes.raw:
    """HTML as a node."""
    return nodes.raw("", text, format="html")


class Num(SphinxRole):
    """{num}`expression | format`"""

    def run(self) -> tuple[Nodes, list[nodes.system_message]]:
        text = number(self.text, chapter_of(self).names)
        return [nodes.inline(self.rawtext, text, classes=["num"])], []


class Cite(SphinxRole):
    """{cite}`key, key`: links to the works in the chapter's list of references."""

    def run(self) -> tuple[Nodes, list[nodes.system_message]]:
        citation: Nodes = [nodes.Text("(")]
        for place, key in enumerate(self.text.split(",")):
            cited = work(key.strip())
            citation += [nodes.Text("; ")] if place else []
            citation.append(
                nodes.reference("", cited.short, internal=True, refid=f"ref-{cited.key}")
            )
        return [*citation, nodes.Text(")")], []


class Lab(SphinxRole):
    """{lab}`x01`: links to the assignment, or says that it is planned."""

    def run(self) -> tuple[Nodes, list[nodes.system_message]]:
        place = lab(self.text)
        name = nodes.literal("", place.name)
        if place.is_planned:
            planned_note = say_in(self)("(planned)")
            return [name, nodes.inline("", f" {planned_note}", classes=["planned"])], []
        xref = addnodes.pending_xref(
            "",
            name,
            refdomain="std",
            reftype="ref",
            reftarget=place.label.lower(),
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        return [xref], []


class ChapterFacts(SphinxDirective):
    """How long a chapter takes, and its other forms."""

    def run(self) -> Nodes:
        chapter = chapter_of(self)
        depend(self.env, *chapter.sources)  # every page of a chapter has its facts
        say, code = say_in(self), self.config.language
        forms = (
            *([(f"downloads/{chapter.id}.pdf", "PDF")] if can_print(code) else []),
            (f"downloads/{chapter.id}-notebook.zip", say("notebook with its data")),
        )
        links = escape(say(", ")).join(
            f'<a href="../../{place}" download>{escape(name)}</a>' for place, name in forms
        )
        sentence = escape(say("{minutes} minutes to read, {checks} checks. Also as {links}."))
        facts = sentence.format(
            minutes=open_chapter(chapter.id).minutes, checks=len(chapter.checks), links=links
        )
        return [raw(f'<p class="chapter-facts">{facts}</p>')]


class Chart(SphinxDirective):
    """A figure made by code, with its alt text and its caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[Any] = {"alt": directives.unchanged_required}

    def run(self) -> Nodes:
        chapter = chapter_of(self)
        name = self.arguments[0]
        charts = chapter.blocks("chart")
        count = [part.argument for part in charts].index(name) + 1
        chart = charts[count - 1]  # subtle: MyST ends an option with its line, our reader does not
        alt = escape(filled(chart.options["alt"], chapter.names))
        caption = to_html(filled(chart.body, chapter.names))
        figure = escape(say_in(self)("Figure {number}.").format(number=count))
        picture = svg(chapter, name).replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
        return [
            raw(
                f'<figure class="chart" id="figure-{name}">{picture}'
                f"<figcaption><strong>{figure}</strong> {caption}</figcaption></figure>"
            )
        ]


class Check(SphinxDirective):
    """A check as an interactive block."""

    required_arguments = 1
    has_content = True

    def run(self) -> Nodes:
        chapter = chapter_of(self)
        place = [check.id for check in chapter.checks].index(self.arguments[0])
        return [raw(block(chapter.variants()[place], str(place + 1), say_in(self)))]


class References(SphinxDirective):
    """The works of a chapter, each with what it is good for."""

    has_content = True

    def run(self) -> Nodes:
        references = nodes.bullet_list(classes=["references"])
        for cited, note in annotated("\n".join(self.content)):
            item = nodes.list_item(ids=[f"ref-{cited.key}"])
            address = nodes.reference("", cited.address, refuri=cited.address)
            entry, _ = self.parse_inline(cited.entry, lineno=self.lineno)
            parsed_note, _ = self.parse_inline(note, lineno=self.lineno)
            item += nodes.paragraph(
                "", "", *entry, nodes.Text(" "), address, nodes.Text(" "), *parsed_note
            )
            references += item
        return [references]


class Note(SphinxDirective):
    """A framed paragraph under a title of its own."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> Nodes:
        frame = nodes.admonition(classes=["book-note"])
        frame += nodes.title("", self.arguments[0])
        frame += self.parse_content_to_nodes()
        return [frame]


class FrontPage(SphinxDirective):
    """The map of the course: its head, or its tables."""

    required_arguments = 1

    def run(self) -> Nodes:
        depend(self.env, CONTENTS, BOOK / "front_page.py", syllabus.home())
        say = say_in(self)
        if self.arguments[0] == "tables":
            return [raw(tables(say))]
        return [raw(head(say, "" if self.config.language == ENGLISH.code else "../"))]


class Forms(SphinxDirective):
    """The book as one file: links that are relative to the root of the site."""

    def run(self) -> Nodes:
        say = say_in(self)
        epub = '<a href="downloads/book.epub" download>EPUB</a>'
        pdf = '<a href="downloads/book.pdf" download>PDF</a>'
        if can_print(self.config.language):
            text = say("The book is also one {pdf} and one {epub}, and each chapter a notebook.")
        else:
            text = say("The book is also one {epub}, and each chapter a notebook.")
        page = "guide/teach-this-course.html#give-it-to-students"
        guide = f'<a href="{page}">{escape(say("Put the checks into Moodle"))}</a>'
        moodle = escape(say("For lecturers, the checks are also questions for Moodle: {guide}."))
        paragraphs = (escape(text).format(pdf=pdf, epub=epub), moodle.format(guide=guide))
        return [raw("".join(f"<p>{line}</p>" for line in paragraphs))]


class PartPage(SphinxDirective):
    """The chapters of a part: links to what is written, objectives of what is planned."""

    required_arguments = 1

    def run(self) -> Nodes:
        part = next(part for part in parts() if part.id == self.arguments[0])
        say = say_in(self)
        written_here = [entry.source for entry in part.chapters if entry.is_written]
        depend(self.env, CONTENTS, syllabus.home(), *written_here)
        pages = [f"../chapters/{row.id}/{row.id}" for row in part.chapters if row.is_written]
        lines = ["```{toctree}", ":hidden:", "", *pages, "```", ""] if pages else []
        lines += [f"*{say(part.focus).capitalize()}*", ""]
        for entry in part.chapters:
            lines += self.chapter(entry, say)
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)

    def chapter(self, entry: Entry, say: Say) -> list[str]:
        """A chapter's title, question, objectives and labs, in Markdown."""
        objectives = entry.objectives
        if entry.is_written:
            objectives = tuple(open_chapter(entry.id, self.config.language).objectives)
            depend(self.env, po_path(self.config.language, domain(entry.id)))
        state = "" if entry.is_written else f" {say('(planned)')}"
        labs = ", ".join(f"{{lab}}`{name}`" for name in entry.labs)
        read = f"[{say('Read the chapter')}](../chapters/{entry.id}/{entry.id}.md)"
        return [
            *(f"## {say(entry.title)}{state}", "", f"**{say(entry.question)}**", ""),
            *(f"- {filled(say(text), {})}" for text in objectives),
            *(["", read] if entry.is_written else []),
            *("", say("Labs: {labs}").format(labs=labs), ""),
        ]


class MadePage(SphinxDirective):
    """A text in MyST, made from chapters and tables; the directive's name says which."""

    optional_arguments = 1
    texts: ClassVar[Any] = {
        "path": path_page,
        "paths": paths_list,
        "terms": terms_page,
        "bibliography": bibliography_page,
    }

    def run(self) -> Nodes:
        code = self.config.language
        depend(self.env, CONTENTS, BOOK / "reader_paths.toml")
        for entry in written_chapters():
            depend(self.env, *open_chapter(entry.id).sources)
        names = (
            "contents",
            "interface",
            "paths",
            *(domain(entry.id) for entry in written_chapters()),
        )
        depend(self.env, *(po_path(code, name) for name in names))
        text = self.texts[self.name](*self.arguments, code=code)
        return self.parse_text_to_nodes(text, allow_section_headings=True)


class Assignments(SphinxDirective):
    """The page of assignments, which is made from the syllabus."""

    def run(self) -> Nodes:
        depend(self.env, ASSIGNMENTS)
        root = "" if self.config.language == ENGLISH.code else "../"
        return self.parse_text_to_nodes(assignments_text(root), allow_section_headings=True)


class Measured(SphinxDirective):
    """What the course measured of itself: benchmarks/README.md."""

    def run(self) -> Nodes:
        depend(self.env, MEASURED)
        text = MEASURED.read_text(encoding="utf-8")
        return self.parse_text_to_nodes(text, allow_section_headings=True)


class Coverage(SphinxDirective):
    """How complete each language is."""

    def run(self) -> Nodes:
        for entry in LANGUAGES:
            depend(self.env, *sorted(po_path(entry.code, "").parent.rglob("*.po")))
        return self.parse_text_to_nodes(coverage_page(say_in(self)), allow_section_headings=True)


def translate(app: Sphinx, docname: str, source: list[str]) -> None:
    """Puts the texts of the language into the page before it is read."""
    names = (docname, "contents", "paths")
    catalogues = [po_path(app.config.language, name) for name in names]
    if catalogues[0].exists() or docname.startswith(("parts/", "paths/")):
        depend(app.env, *catalogues)
        say = translator(app.config.language, *names)
        source[0] = mapped(source[0], lambda text, _: say(text))


def refuse_files(app: Sphinx) -> None:
    """No directive of docutils reads a file or brings HTML; `syntax` has refused them before."""
    app.env.settings.update(file_insertion_enabled=False, raw_enabled=False)


def keep_cells_apart(app: Sphinx) -> None:
    """myst-nb writes its cells beside the site, where those of other languages would be."""
    folder = str(Path(app.doctreedir) / "jupyter_execute")
    app.env.mystnb_config = app.env.mystnb_config.copy(output_folder=folder)  # type: ignore[attr-defined]


def name_languages(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Gives the template of a page its address in each language that is built, and the words of
    checks.js."""
    code = app.config.language
    root = "../" * (page.count("/") + (code != ENGLISH.code))
    context["languages"] = [
        (entry, f"{root}{'' if entry == ENGLISH else entry.code + '/'}{page}.html")
        for entry in LANGUAGES
        if entry.code in app.config.book_languages.split()
    ]
    context["language_here"] = language(code)
    context["say"] = translator(code)
    context["check_words"] = {
        text: escape(translator(code)(text), quote=False) for text in script_texts()
    }


def hover(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Gives each link to a term the term's meaning as its title."""
    meanings = _meanings(app)
    for link in doctree.findall(nodes.reference):
        target = str(link.get("refid") or link.get("refuri", "")).rpartition("#")[2]
        if target in meanings:
            link["reftitle"] = meanings[target]
            link["classes"].append("term")


def keep_units(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Puts a blank that does not break between a computed number and its unit."""
    for num in [node for node in doctree.findall(nodes.inline) if "num" in node["classes"]]:
        place = num.parent.index(num) + 1
        after = num.parent[place] if place < len(num.parent) else None
        if isinstance(after, nodes.Text) and UNIT.match(after):
            num.parent[place] = nodes.Text(f"\u00a0{after[1:]}")


def _meanings(app: Sphinx) -> dict[str, str]:
    """The meaning of each term by its anchor, from the chapters' glossaries."""
    meanings = {}
    for name in (
        f"chapters/{entry.id}/{entry.id}" for entry in entries().values() if entry.is_written
    ):
        for item in app.env.get_doctree(name).findall(nodes.definition_list_item):
            for term in item.findall(nodes.term):
                meaning = " ".join(part.astext() for part in item.findall(nodes.definition))
                meanings.update(dict.fromkeys(term["ids"], re.sub(r"\s+", " ", meaning)))
    return meanings


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls when it loads this module."""
    for name, role in {"num": Num(), "cite": Cite(), "lab": Lab()}.items():
        app.add_role(name, role, override=True)
    pages = {
        "chart": Chart,
        "check": Check,
        "references": References,
        "note": Note,
        "front-page": FrontPage,
        "forms": Forms,
        "part": PartPage,
        "assignments": Assignments,
        "measured": Measured,
        "chapter-facts": ChapterFacts,
        **dict.fromkeys(MadePage.texts, MadePage),
        "coverage": Coverage,
    }
    for name, directive in pages.items():
        app.add_directive(name, directive, override=True)
    for kind in (English, *LANGUAGES_WITHOUT_SPACES):
        app.add_search_language(kind)
    app.add_config_value("book_names", "", "env", frozenset({str}))
    app.add_config_value("book_languages", "", "html", frozenset({str}))
    app.connect("builder-inited", keep_cells_apart, priority=900)
    app.connect("builder-inited", refuse_files)
    app.connect("source-read", translate)
    app.connect("html-page-context", name_languages)
    app.connect("doctree-resolved", hover)
    app.connect("doctree-resolved", keep_units)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
