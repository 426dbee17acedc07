"""What a chapter cites: references.toml holds each work once, under a key such as `reddi2020`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from book.contents import BOOK
from book.errors import BookError
from book.source_text import keyed_lines

DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+")


@dataclass(frozen=True)
class Work:
    """short: as a sentence names it, such as 'Reddi et al., 2020'. doi or url: where it is."""

    key: str
    short: str
    entry: str
    doi: str = ""
    url: str = ""

    @property
    def address(self) -> str:
        """The address that a reader opens."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@cache
def works() -> dict[str, Work]:
    """All works by key."""
    rows = tomllib.loads((BOOK / "references.toml").read_text(encoding="utf-8"))
    return {key: Work(key, **row) for key, row in rows.items()}


def work(key: str) -> Work:
    """The work with that key. BookError where references.toml has none."""
    if key not in works():
        raise BookError(f"references.toml has no work '{key}'; it has {', '.join(works())}.")
    return works()[key]


def annotated(body: str) -> list[tuple[Work, str]]:
    """The works of a chapter's list, `key: why to read it`, with what is said of each."""
    return [(work(key), note) for key, note in keyed_lines(body)]
