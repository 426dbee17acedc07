"""What a test cell shows: the outputs of a verdict, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.notebook.partial_credit import number_text
from autograder.sandbox.outputs import error

WITHHELD = "the test failed; its words are left out, since a hidden test ran before it"


def verdict_outputs(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The outputs of a verdict. A test that did not pass has an error among them, or gets one (no
    outputs at all would mean full points), and no value, from which nbgrader reads points. Of
    one that passed the value is kept where it can be points: any other may show what was asked."""
    if verdict["passed"]:
        return [output for output in verdict["outputs"] if _can_be_shown(output)]
    outputs = without_value(verdict["outputs"])
    if any(output["output_type"] == "error" for output in outputs):
        return outputs
    return [*outputs, error("NotRun", verdict.get("cannot") or "the test did not pass")]


def _can_be_shown(output: dict[str, Any]) -> bool:
    if output["output_type"] != "execute_result":
        return True
    return number_text(output["data"]) != ""


def without_value(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs without the value of the last expression."""
    return [output for output in outputs if output["output_type"] != "execute_result"]


def is_lost(verdict: dict[str, Any]) -> bool:
    """Whether nobody answered the tester any more."""
    return any(output.get("ename") == "SubmissionLost" for output in verdict["outputs"])


def withheld(output: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What may be shown of a visible test after a hidden one: its points, and that it failed."""
    if output["output_type"] == "execute_result":
        yield output
    elif output["output_type"] == "error":
        yield error("Withheld", WITHHELD)


def printed_outputs(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Text and displays, without what only a cell of its own can have."""
    return [output for output in outputs if output["output_type"] in ("stream", "display_data")]
