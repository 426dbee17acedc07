"""What a book on paper has beside its chapters: authors and edition for the page of the title, and
behind the chapters the plan of the book, its glossary and its bibliography, in plain Markdown.
"""

from __future__ import annotations

import os
import time
from typing import Any

import yaml  # type: ignore[import-untyped]

from book.bibliography import listed
from book.catalogues import translator
from book.contents import BOOK, entries, parts, written_chapters
from book.languages import ENGLISH
from book.plain import prose
from book.terms import terms

CITATION = BOOK.parents[1] / "CITATION.cff"


def authors() -> str:
    """The authors, as the course is cited."""
    return ", ".join(author["name"] for author in _citation()["authors"])


def edition(code: str = ENGLISH.code) -> str:
    """The version, the year in which it was made, and how much of the book is written."""
    say = translator(code)
    made_s = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    return say("Version {version}, {year}. {written} of {all} chapters are written.").format(
        version=_citation()["version"],
        year=time.gmtime(made_s).tm_year,
        written=len(written_chapters()),
        all=len(entries()),
    )


def _citation() -> dict[str, Any]:
    cited: dict[str, Any] = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    return cited


def back_parts(code: str = ENGLISH.code) -> list[str]:
    """What stands behind the chapters."""
    return [planned_markdown(code), glossary_markdown(code), bibliography_markdown(code)]


def planned_markdown(code: str = ENGLISH.code) -> str:
    """The contents of the book: what is written and what is planned, with objectives."""
    say = translator(code)
    lines = [f"# {say('The plan of the book')}", ""]
    for part in parts():
        lines += [f"## {say(part.title)}: {say(part.focus)}", ""]
        for entry in part.chapters:
            state = "" if entry.is_written else f" {say('(planned)')}"
            title = f"**{say(entry.title)}**{state}"
            line = say("{title}. {question}").format(title=title, question=say(entry.question))
            lines += [line, ""]
            lines += [*(f"- {say(text)}" for text in entry.objectives if not entry.is_written), ""]
    return "\n".join(lines)


def glossary_markdown(code: str = ENGLISH.code) -> str:
    """The key terms of all chapters in one alphabet, with the chapter that explains each."""
    say = translator(code)
    lines = [f"# {say('Glossary')}", ""]
    for term in terms(code):
        name = f"**{term.label}**" + (f" ({term.name})" if term.name != term.label else "")
        place = say("Explained in {chapter}.").format(chapter=term.chapter.title)
        lines += [f"- {name}: {prose(term.meaning, term.chapter)} {place}"]
    return "\n".join(lines)


def bibliography_markdown(code: str = ENGLISH.code) -> str:
    """All works that the chapters cite, with the chapters that cite each."""
    say = translator(code)
    return f"# {say('Bibliography')}\n\n{listed(code, lambda chapter: chapter.title)}\n"
