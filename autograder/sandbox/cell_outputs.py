"""What the cells of one execution show, and what is left out of it.

A hidden test that asks the slot itself, or runs in it, hands its inputs to code of the submission.
What later cells show could tell them, so it is left out, and no message names a cell any more.
"""

from __future__ import annotations

from typing import Any

from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.sandbox.outputs import accept_outputs, display_updates, error, size
from autograder.sandbox.verdict_outputs import withheld, without_value

CELLS = 10  # a notebook may show as much as ten cells
LEAST_BYTES = 10_000  # for what decides a test


class CellOutputs:
    """The outputs of a notebook's cells as they come, and the messages about them.

    max_bytes: of the outputs of one cell.
    hidden_test_ran: whether a hidden test has asked the slot itself or ran in it.
    """

    def __init__(self, notebook: Notebook, max_bytes: int):
        self._notebook = notebook
        self._max_cell_bytes = max_bytes
        self._remaining_bytes = CELLS * self._max_cell_bytes
        self._cells = {cell_name(cell): cell for cell in reversed(notebook["cells"])}
        self.messages: list[str] = []
        self.hidden_test_ran = False

    def note_test(self, cell: Cell) -> None:
        """The test of a cell asks the slot itself, or runs in it, from here on."""
        self.hidden_test_ran = self.hidden_test_ran or cells.has_hidden_part(cell)

    def leave_out(self, cell: Cell) -> None:
        """Take away what a cell shows where it could show what a hidden test passed before."""
        if not self.hidden_test_ran:
            return
        if not cells.is_test(cell):
            cell["outputs"], cell["execution_count"] = [], None
        elif not cells.has_hidden_part(cell):
            cell["outputs"] = [
                shown_output for output in cell["outputs"] for shown_output in withheld(output)
            ]

    def say(self, cell: Cell, fragment: str) -> None:
        """A message about a cell. Which cell it is would tell something once a hidden test has
        asked the submission itself."""
        place = (
            "a cell after the first hidden test"
            if self.hidden_test_ran
            else f"cell '{cell_name(cell)}'"
        )
        if f"{place} {fragment}" not in self.messages:
            self.messages.append(f"{place} {fragment}")

    def write(self, cell: Cell, reply: Any) -> None:
        """Give a cell the outputs of a reply, as far as they have the form of outputs."""
        accepted = accept_outputs(reply, self._max_bytes())
        cell["outputs"], cell["execution_count"], cut = accepted
        self._remaining_bytes -= size(cell["outputs"])
        if cut:
            self.say(cell, "printed too much: cut")
        for name, number, display in () if self.hidden_test_ran else display_updates(reply):
            self._update_display(name, number, display)

    def _max_bytes(self) -> int:
        return max(LEAST_BYTES, min(self._max_cell_bytes, self._remaining_bytes))

    def _update_display(self, name: str, number: int, display: dict[str, Any]) -> None:
        """A cell may change what an earlier one displayed (`update_display`), but never the result
        of a test: nbgrader reads points from there."""
        outputs = self._cells.get(name, {}).get("outputs", [])
        is_display = 0 <= number < len(outputs) and outputs[number]["output_type"] == "display_data"
        if is_display and size([display]) <= self._remaining_bytes:
            self._remaining_bytes -= size([display])
            outputs[number].update(display)

    def mark_not_run(self, index: int, reason: str) -> None:
        """The process is gone: say so at the cell that ended it, and at each cell after it."""
        culprit = self._notebook["cells"][index]
        if self.hidden_test_ran:
            reason = reason.partition(" (")[0]  # an exit code is a message
        self.say(culprit, f"{reason}; the cells after it were not run")
        place = "a cell" if self.hidden_test_ran else f"cell '{cell_name(culprit)}'"
        for cell in self._notebook["cells"][index:]:
            if cell["cell_type"] == "code" and (cells.is_test(cell) or not self.hidden_test_ran):
                outputs = without_value(cell["outputs"]) if cells.is_test(cell) else cell["outputs"]
                cell["outputs"] = [*outputs, error("NotRun", f"not run: {place} {reason}")]


def cell_name(cell: Cell) -> str:
    """The name by which messages call a cell: its grade_id, else its id in the notebook."""
    return cells.grade_id(cell) or str(cell.get("id", ""))
