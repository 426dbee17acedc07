"""What a lost mark says to the student: the sentence of the test, never the test."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, Cell, Notebook

MAX_CHARACTERS = 400  # characters of what a mark says
MIN_QUOTE = 16  # characters of a hidden line that are no accident
OUR_ERRORS = ("AssertionError", "TimeLimit", "NotRun", "Forged")


def lost_mark_messages(notebook: Notebook) -> Iterator[tuple[str, str]]:
    """(graded cell, sentence) for each test cell that failed."""
    for cell in cells.tests(notebook):
        error = next((o for o in cell.get("outputs", []) if o["output_type"] == "error"), None)
        if error:
            yield cells.grade_id(cell), _sentence(cell, error)


def _sentence(cell: Cell, error: dict) -> str:
    kind, value = error["ename"], _without_hidden_lines(cell, str(error["evalue"]).strip())
    if kind == "NotImplementedError":
        return "not written yet"
    if kind in OUR_ERRORS:
        return value or "a test failed (it gives no message)"
    return f"{kind}: {value}" if value else kind


def _without_hidden_lines(cell: Cell, value: str) -> str:
    """The words of an error, cut to a sentence's length; none where they quote a hidden test."""
    squeezed = "".join(value.split()).replace("\\", "")
    hidden = (
        line for region in cells.regions(cells.source(cell), HIDDEN) for line in region.split("\n")
    )
    quoted = any(
        len(line) > MIN_QUOTE and line in squeezed for line in ("".join(h.split()) for h in hidden)
    )
    return "its words are kept back: they quote a hidden test" if quoted else value[:MAX_CHARACTERS]
