"""Labs and modules that a page names: a place on the page of assignments, or planned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coursekit import syllabus

from book.contents import BOOK, planned_labs

ASSIGNMENTS = BOOK.parent / "assignments.md"
RELEASE = BOOK.parents[1] / "release"


@dataclass(frozen=True)
class Place:
    """name: what a link to it says; label: its own on the page of assignments, '' while planned."""

    name: str
    label: str = ""

    @property
    def is_planned(self) -> bool:
        """Whether there is nothing to link to yet."""
        return not self.label


@cache
def assignment_ids() -> dict[str, str]:
    """The ids of the syllabus, and also by their first part: `x01` as well as the whole id."""
    ids = [row.id for row in syllabus.load().assignments]
    return {**{name.partition("_")[0]: name for name in ids}, **{name: name for name in ids}}


def lab(name: str) -> Place:
    """Where the assignment of that id, or of that beginning of an id, is described."""
    if name in assignment_ids():
        return Place(assignment_ids()[name], f"assignment-{assignment_ids()[name]}")
    return Place(name)


def is_slip(name: str) -> bool:
    """Whether that is neither an assignment nor planned in contents.toml: a slip of the pen, which
    is not to be shown as planned. The beginning of a planned one may have any ending; that of an
    assignment only its own."""
    begin = name.partition("_")[0]
    return lab(name).is_planned and (begin in assignment_ids() or begin not in planned_labs())


def assignments_text(root: str = "", release: Path = RELEASE) -> str:
    """The page of assignments with a label at each, and links to the notebooks of the site, whose
    root is where `root` leads. A notebook that is not in `release` is named without a link."""

    def notebook(match: re.Match[str]) -> str:
        name = f"<code>{match[1]}</code>"
        if not (release / match[2]).is_file():
            return name
        return f'<a href="{root}notebooks/{match[2]}" download>{name}</a>'

    text = ASSIGNMENTS.read_text(encoding="utf-8")
    text = re.sub(r"\[`(\w+)`\]\(\.\./release/([\w/.]+)\)", notebook, text)
    return re.sub(r"(?m)^## (\w+): ", r"(assignment-\1)=\n## \1: ", text)
