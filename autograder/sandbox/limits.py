"""What one submission may use while it runs, and what came of running it."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.notebook.cells import Notebook


@dataclass(frozen=True)
class Limits:
    """cell_s: seconds for a cell; once a cell has used them up, every later cell of that submission
    gets `after_s`, and all cells together `notebook_s`. output_bytes: kept of the outputs of one
    cell. memory, disk (all files that the submission writes) and processes hold for its slot.
    """

    cell_s: float = 30.0
    after_s: float = 2.0
    notebook_s: float = 900.0
    output_bytes: int = 1_000_000
    memory_bytes: int = 2 << 30
    disk_bytes: int = 64 << 20
    processes: int = 64


@dataclass(frozen=True)
class Run:
    """An executed notebook, the seconds it took, and a sentence for each thing that went wrong.

    forked: the graded cells whose test ran in a copy of the submission's own process (grade ids).
    profiles: for each test that ran in the tester, the paths on which it used operators.
    """

    notebook: Notebook
    seconds: float
    message: tuple[str, ...] = ()
    forked: tuple[str, ...] = ()
    profiles: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Disturbed(Exception):
    """A process of the grader itself ended in the middle: it has to be done again."""
