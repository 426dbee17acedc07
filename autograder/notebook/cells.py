"""The vocabulary of an instructor's notebook: nbgrader's cell metadata and its region markers.

Every stage that looks into a notebook (release, leak check, audit, Otter, repair, publish) asks
here what a cell is. A notebook is the plain JSON dictionary; nothing here imports nbgrader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]

SOLUTION = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
SCHEME = ("BEGIN MARK SCHEME", "END MARK SCHEME")


def load(path: Path) -> Notebook:
    """The notebook at `path`, sources as text. OSError, UnicodeDecodeError or JSONDecodeError."""
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = source(cell)
    return notebook


def dump(notebook: Notebook) -> str:
    """Deterministic text of a notebook, as nbformat writes it: one space, sorted keys, newline."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def source(cell: Cell) -> str:
    """The cell's text; on disk it may be a list of lines."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def nbgrader(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata of a cell, {} where there is none."""
    metadata = cell.get("metadata", {}).get("nbgrader", {})
    return metadata if isinstance(metadata, dict) else {}


def grade_id(cell: Cell) -> str:
    return str(nbgrader(cell).get("grade_id", ""))


def is_test(cell: Cell) -> bool:
    """Graded by running it: a graded code cell that is not itself the student's answer."""
    meta = nbgrader(cell)
    return cell["cell_type"] == "code" and bool(meta.get("grade")) and not meta.get("solution")


def has_hidden_part(cell: Cell) -> bool:
    """Whether a release takes a part of this test away."""
    return any(True for _ in regions(source(cell), HIDDEN))


def is_solution(cell: Cell) -> bool:
    return bool(nbgrader(cell).get("solution"))


def is_manual(cell: Cell) -> bool:
    """Marked by a person: a written answer (grade and solution) or a task."""
    meta = nbgrader(cell)
    return bool(meta.get("task")) or bool(meta.get("grade") and meta.get("solution"))


def is_locked(cell: Cell) -> bool:
    return bool(nbgrader(cell).get("locked"))


def points(cell: Cell) -> float:
    return float(nbgrader(cell).get("points", 0) or 0)


def tests(notebook: Notebook) -> Iterator[Cell]:
    """The cells that are graded by running them, in order."""
    return (cell for cell in notebook["cells"] if is_test(cell))


def regions(text: str, markers: tuple[str, str]) -> Iterator[str]:
    """The inside of each region of `text` between the two markers, lines as written."""
    inside: list[str] | None = None
    for line in text.split("\n"):
        if inside is None:
            inside = [] if markers[0] in line else None
        elif markers[1] in line:
            yield "".join(inside)
            inside = None
        else:
            inside.append(f"{line}\n")


def remove_regions(text: str, markers: tuple[str, str]) -> str:
    """`text` with the regions between the markers removed, as nbgrader removes them."""
    lines, inside = [], False
    for line in text.split("\n"):
        if markers[0] in line:
            inside = True
        elif inside and markers[1] in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)
