"""What an executed cell earns, and its automatic comment, by nbgrader's own rules.

The rules want nbformat's objects; only the graded cell is turned into one, not its notebook.
"""

from __future__ import annotations

import math
from typing import Any

import nbformat
from nbgrader import utils

from autograder.notebook import cells
from autograder.notebook.cells import Cell
from autograder.notebook.partial_credit import number_text
from autograder.settings.nbgrader_config import QUIET


def automatic_points(cell: Cell) -> tuple[float | None, float]:
    """(points, out of) of an executed graded cell; None: a person must mark.

    A warning on stderr is not a failure, so nbgrader is not shown stderr. Where its rule has no
    answer (more points than there are, a result without text) a person must mark, too. A number
    below 0 is 0 points and NaN is for a person; nbgrader gives full points for both.
    """
    node = _node(cell)
    try:
        points, out_of = utils.determine_grade(node, QUIET)
    except (ValueError, KeyError):
        return None, float(cells.nbgrader(cell)["points"])
    value = _partial_credit(node) if points else None
    if value is not None and value < 0:
        return 0.0, out_of
    return (None if value is not None and math.isnan(value) else points), out_of


def earned_all_points(cell: Cell) -> bool:
    """Whether nbgrader's rule gives an executed test all its points."""
    points, out_of = automatic_points(cell)
    return points == out_of


def _partial_credit(node: Any) -> float | None:
    """The number that a test ends in; None where it ends in something else."""
    results = [out for out in node.get("outputs", ()) if out["output_type"] == "execute_result"]
    try:
        return float("".join(results[0]["data"]["text/plain"]))
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def automatic_comment(cell: Cell) -> str | None:
    """'No response.' for an answer that is still as it was released, else None."""
    if utils.is_task(cell := _node(cell)):
        return None
    untouched = cells.nbgrader(cell).get("checksum") == utils.compute_checksum(cell)
    return "No response." if untouched else None


def _node(cell: Cell) -> Any:
    plain_outputs = [
        _plain_number(out) for out in cell.get("outputs", []) if out.get("name") != "stderr"
    ]
    outputs = {"outputs": plain_outputs} if cell["cell_type"] == "code" else {}
    return nbformat.from_dict({**cell, "source": cells.source(cell), **outputs})


def _plain_number(output: dict[str, Any]) -> dict[str, Any]:
    """A partial credit that is NumPy's (`np.float64(1.5)`, `array(1.5)`) as Python writes it."""
    if output.get("output_type") != "execute_result" or not isinstance(output.get("data"), dict):
        return output
    data = output["data"]
    number = number_text(data)
    return {**output, "data": {**data, "text/plain": number}} if number else output
