"""What is run: a notebook with the files beside it, and for each of its tests the way it runs.

Plain data on purpose: a job can be sent to another machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.notebook.cells import Notebook


@dataclass(frozen=True)
class HiddenTestPlan:
    """How the test of a graded cell runs.

    in_tester: in a process of its own, with `scope` for its names and `profile` for what operators
    may do (None: record it). Otherwise in a copy of the submission's process, taken where the cell
    stands and run at the end; `stub` then is what the canary puts in place of the answer, and
    with plain_canary it only shows that what fails is seen to fail.
    in_place: where not even that gives the reference its points, the test runs like any cell.
    opens: the part that students see runs in the submission too, since later cells use its names.
    """

    in_tester: bool
    scope: dict[str, Any] = field(default_factory=dict)
    profile: tuple[str, ...] | None = None
    stub: str = ""
    plain_canary: bool = False
    in_place: bool = False
    opens: bool = False


@dataclass(frozen=True)
class Job:
    """A notebook to run. ways: test cell (grade id) -> Way; a test without one runs like any cell.
    given: what the tester itself has of the instructor's notebook (imports, definitions)."""

    notebook: Notebook
    plans: Mapping[str, HiddenTestPlan] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
