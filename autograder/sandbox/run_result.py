"""The result of running one submission, and the error that says there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.notebook.cells import Notebook


@dataclass(frozen=True)
class RunResult:
    """An executed notebook, the seconds it took, and a sentence for each fault of the run.

    forked_tests: the grade ids of the tests that ran in the submission's own process or a copy.
    profiles: (grade id, paths on which it used operators) of each test that ran in the tester.
    starved: a time limit was used up, but little of the processor was used meanwhile.
    doubtful: the tests that were asked in a copy whose files or threads were others by then, if one
    of these failed.
    scopes: (grade id, scope) of each test that was tried in other scopes than its plan's: the last.
    longest_s: seconds of the cell, or of the test at the end, that took longest.
    """

    notebook: Notebook
    seconds: float
    messages: tuple[str, ...] = ()
    forked_tests: tuple[str, ...] = ()
    profiles: tuple[tuple[str, tuple[str, ...]], ...] = ()
    starved: bool = False
    doubtful: tuple[str, ...] = ()
    scopes: tuple[tuple[str, dict[str, Any]], ...] = ()
    longest_s: float = 0.0


class GraderFault(Exception):
    """The grader itself failed, not the submission: the submission has to be run again.

    verdicts: the outputs of the tests that had one by then, by grade id. They stay: else an answer
    that guesses could end its process when the guess was wrong, and guess again.
    """

    def __init__(self, *words: object):
        super().__init__(*words)
        self.verdicts: dict[str, list[dict[str, Any]]] = {}
