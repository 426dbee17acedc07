"""Which notebooks run to their end in the browser's Python: the table in notebooks.toml.

It is found by running each released notebook there with the instructor's answers in it
(`tests/lite/notebook_trials.py`); a test runs them again and compares. notebooks.toml says of which
rows nobody has done so yet. Hidden tests are not in a released notebook and run in no page.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "notebooks.toml"


@dataclass(frozen=True)
class Trial:
    """How a notebook ended. cell and error: where it stopped, '' where it did not; reason: why, for
    people."""

    id: str
    cell: str = ""
    error: str = ""
    reason: str = ""

    @property
    def runs(self) -> bool:
        return not self.cell


def recorded(table: Path = TABLE) -> dict[str, Trial]:
    """Every trial on record, by the assignment's id."""
    rows = tomllib.loads(table.read_text(encoding="utf-8"))
    stopped = {name: Trial(name, **row) for name, row in rows["stopped"].items()}
    return {**{name: Trial(name) for name in rows["ran"]}, **stopped}
