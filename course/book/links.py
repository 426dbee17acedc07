"""Labs and modules that a page names: a place on the page of assignments, or planned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from coursekit import syllabus

from book.contents import BOOK

ASSIGNMENTS = BOOK.parent / "assignments.md"


@dataclass(frozen=True)
class Place:
    """The words of a link and its label on the page of assignments; '' where it is planned."""

    words: str
    label: str = ""

    @property
    def is_planned(self) -> bool:
        """Whether there is nothing to link to yet."""
        return not self.label


@cache
def known() -> dict[str, str]:
    """The ids of the syllabus, and also by their first part: `x01` as well as the whole id."""
    ids = [row.id for row in syllabus.load().assignments]
    return {**{name.partition("_")[0]: name for name in ids}, **{name: name for name in ids}}


def lab(name: str) -> Place:
    """Where the assignment of that id, or of that beginning of an id, is described."""
    if name in known():
        return Place(known()[name], f"assignment-{known()[name]}")
    return Place(name)


def assignments_text(root: str = "") -> str:
    """The page of assignments with a label at each, and links to the notebooks of the site, whose
    root is where `root` leads."""
    text = ASSIGNMENTS.read_text(encoding="utf-8")
    text = re.sub(
        r"\[`(\w+)`\]\(\.\./release/([\w/.]+)\)",
        rf'<a href="{root}notebooks/\2" download><code>\1</code></a>',
        text,
    )
    return re.sub(r"(?m)^## (\w+): ", r"(assignment-\1)=\n## \1: ", text)
