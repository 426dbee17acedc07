"""`python -m book.extract`: the catalogues of all that can be translated, for translators.

Texts that are new come in empty. A text that was changed keeps its old translation, marked fuzzy,
until somebody has looked at it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from coursekit import syllabus

from book.catalogues import LOCALES, called_texts, update_translations, write_template
from book.chapter import open_chapter
from book.charts import labels
from book.contents import BOOK, parts, steps, table, written_chapters
from book.coverage import pages
from book.errors import BookError
from book.reader_paths import rows
from book.translatable import texts

PlacedTexts = Iterator[tuple[str, str]]


def page_texts(page: str) -> PlacedTexts:
    """The texts of a page."""
    yield from texts((BOOK / f"{page}.md").read_text(encoding="utf-8"))


def contents_texts() -> PlacedTexts:
    """Titles, questions and objectives of the chapters; the tables of the front page."""
    for part in parts():
        yield from page_texts(f"parts/{part.id}")
        yield part.title, "part of the book"
        yield part.focus, f"focus of the part {part.title}"
        for entry in part.chapters:
            yield entry.title, f"title of a chapter in the part {part.title}"
            yield entry.question, f"question of the chapter {entry.title}"
            for text in entry.objectives:
                yield text, f"objective of the chapter {entry.title}"
    for row in table()["meeting"]:
        yield row["concept"], "ML concept, on the front page"
        yield row["systems"], "systems concept, on the front page"
        yield row["learns"], f"what one learns where {row['concept']} meets {row['systems']}"
    for track, about in syllabus.load().tracks.items():
        yield about, f"what the track {track} is"
    for step in steps():
        yield step.name, "step from research to teaching, on the front page"
        yield step.research, f"the step {step.name} in research"
        yield step.teaching, f"the step {step.name} in this course"


def path_texts() -> PlacedTexts:
    """The words of the ways through the course."""
    for row in rows():
        yield row["title"], "title of a way through the course"
        yield row["reader"], f"whom it is for: {row['title']}"
        yield row["goal"], f"what one can do at its end: {row['title']}"
        for stop in row["stop"]:
            yield stop["why"], f"why {stop['at']} is a stop: {row['title']}"


def interface_texts() -> PlacedTexts:
    """The site's own words: what stands in its code as say("...") or as_written("...")."""
    for path in sorted([*BOOK.glob("*.py"), *BOOK.glob("checks/*.py")]):
        for text in called_texts(path):
            yield text, f"in {path.relative_to(BOOK)}"
    for path in sorted([*(BOOK / "static").glob("*.js"), *(BOOK / "templates").glob("*.html")]):
        for text in re.findall(r"""\bsay\((["'])(.+?)\1\)""", path.read_text(encoding="utf-8")):
            yield text[1], f"in {path.relative_to(BOOK)}"


def figure_texts() -> PlacedTexts:
    """The words in the figures of the chapters; a number in them is written {}."""
    for entry in written_chapters():
        chapter = open_chapter(entry.id)
        for block in chapter.blocks("chart"):
            for text in labels(chapter, block.argument):
                yield text, f"in the figure {block.argument} of {entry.title}"


def write_templates(folder: Path = LOCALES / "pot") -> None:
    """Writes the .pot files of all domains."""
    for page in pages():
        write_template(page, page_texts(page), folder)
    write_template("contents", contents_texts(), folder)
    write_template("paths", path_texts(), folder)
    write_template("interface", interface_texts(), folder)
    write_template("figures", figure_texts(), folder)


def main() -> None:
    """Writes the .pot files, and brings the .po files up to them."""
    try:
        write_templates()
    except BookError as error:
        sys.exit(f"Error: {error}")
    update_translations()


if __name__ == "__main__":
    main()
