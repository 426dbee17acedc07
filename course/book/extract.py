"""`python -m book.extract`: the catalogues of all that can be translated, for translators.

Texts that are new come in empty. A text that was changed keeps its old translation, marked fuzzy,
until somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from book.catalogues import LOCALES, update_translations, write_template
from book.contents import BOOK, parts, steps, table, written
from book.translatable import texts

Found = Iterator[tuple[str, str]]
INTERFACE = ("front_page.py", "sphinx_pages.py", "checks/page.py", "checks/paper.py", "paper.py")


def pages() -> list[str]:
    """The pages that can be translated: the front page and the chapters."""
    return ["index", *(f"chapters/{entry.id}/{entry.id}" for entry in written())]


def page_texts(page: str) -> Found:
    """The texts of a page."""
    yield from texts((BOOK / f"{page}.md").read_text(encoding="utf-8"))


def contents_texts() -> Found:
    """Titles, questions and objectives of the chapters; the tables of the front page."""
    for part in parts():
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
    for step in steps():
        yield step.name, "step from research to teaching, on the front page"
        yield step.research, f"the step {step.name} in research"
        yield step.teaching, f"the step {step.name} in this course"


def write_templates(folder: Path = LOCALES / "pot") -> None:
    """Writes the .pot files of all domains."""
    for page in pages():
        write_template(page, page_texts(page), folder)
    write_template("contents", contents_texts(), folder)


def main() -> None:
    """Writes the .pot files, and brings the .po files up to them."""
    write_templates()
    update_translations()


if __name__ == "__main__":
    main()
