"""The book's contents: six parts, twenty chapters, and the table in which ML and systems meet.

All of it is data in contents.toml. A chapter is written when its folder in chapters/ has its text;
the others are planned, and shown as planned.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BOOK = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """A chapter of the contents. objectives: what its reader can do afterwards, while it is
    planned; a chapter that is written has them in its text."""

    id: str
    title: str
    question: str
    labs: tuple[str, ...]
    objectives: tuple[str, ...] = ()

    @property
    def source(self) -> Path:
        """Where its text stands, or will stand."""
        return BOOK / "chapters" / self.id / f"{self.id}.md"

    @property
    def is_written(self) -> bool:
        """Whether there is a text."""
        return self.source.exists()


@dataclass(frozen=True)
class Part:
    """A part of the book and its chapters, in their order."""

    id: str
    title: str
    focus: str
    chapters: tuple[Entry, ...]


@dataclass(frozen=True)
class Meeting:
    """A row of the table: an ML concept, the systems concept that it meets, and where."""

    concept: str
    systems: str
    learns: str
    chapters: tuple[str, ...]
    labs: tuple[str, ...]
    modules: tuple[str, ...]
    boards: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A step of the loop from research to teaching."""

    name: str
    research: str
    teaching: str
    page: str
    labs: tuple[str, ...]


@cache
def table() -> dict[str, Any]:
    """contents.toml as it stands."""
    return tomllib.loads((BOOK / "contents.toml").read_text(encoding="utf-8"))


def parts() -> list[Part]:
    """The parts in their order."""
    return [
        Part(row["id"], row["title"], row["focus"], tuple(_entry(c) for c in row["chapter"]))
        for row in table()["part"]
    ]


def meetings() -> list[Meeting]:
    """The rows of the table in which ML and systems meet."""
    return [Meeting(**_tuples(row)) for row in table()["meeting"]]


def steps() -> list[Step]:
    """The steps of the loop."""
    return [Step(**_tuples(row)) for row in table()["step"]]


def entries() -> dict[str, Entry]:
    """All chapters by id."""
    return {entry.id: entry for part in parts() for entry in part.chapters}


def written_chapters() -> list[Entry]:
    """The chapters that have a text."""
    return [entry for entry in entries().values() if entry.is_written]


def planned_labs() -> set[str]:
    """The assignments that a chapter or the table names, there or planned: x01, 01, d06."""
    listed = [(*row.labs, *row.modules, *row.boards) for row in meetings()]
    listed += [entry.labs for entry in entries().values()]
    return {name for names in listed for name in names}


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**_tuples(row))


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in row.items()}
