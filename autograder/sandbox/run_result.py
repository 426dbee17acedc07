"""The result of running one submission, and the error that says there is none."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.notebook.cells import Notebook


@dataclass(frozen=True)
class RunResult:
    """An executed notebook, the seconds it took, and a sentence for each fault of the run.

    forked_tests: the grade ids of the tests that ran in the submission's own process or a copy.
    profiles: (grade id, paths on which it used operators) of each test that ran in the tester.
    starved: a time limit was used up, but little of the processor was used meanwhile.
    doubtful: the tests that failed in a copy whose files or threads were others by then.
    """

    notebook: Notebook
    seconds: float
    messages: tuple[str, ...] = ()
    forked_tests: tuple[str, ...] = ()
    profiles: tuple[tuple[str, tuple[str, ...]], ...] = ()
    starved: bool = False
    doubtful: tuple[str, ...] = ()


class GraderFault(Exception):
    """The grader itself failed, not the submission: the submission has to be run again."""
