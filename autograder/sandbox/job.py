"""A job: a notebook to run, the files beside it, and for each of its hidden tests how it runs.

It is plain data, so that it can be sent to another machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.notebook.cells import Notebook


@dataclass(frozen=True)
class HiddenTestPlan:
    """The way in which the test of a graded cell runs.

    in_tester: it runs in the tester, a process of its own. `scope` says which names it sees, and
    `profile` on which paths it may use operators (None: any, and the paths are recorded).
    at_end: it asks a copy of the submission, forked where the cell stands, once all cells have run,
    so that no cell can show what the test passed.
    Otherwise it runs in a copy of the submission's process, forked where the cell stands and run at
    the end. The same test then runs in a second copy, the canary, where `stub` has replaced the
    answer and the test must fail; with plain_canary a line that always fails runs there instead.
    prelude: what earlier tests import or define and this one reads, run in the copy before it.
    in_place: the test runs like any cell, where the reference earns its points in no other way.
    visible_part_runs: the part that students see runs in the submission too, since later cells use
    the names that it binds.
    """

    in_tester: bool
    scope: dict[str, Any] = field(default_factory=dict)
    profile: tuple[str, ...] | None = None
    stub: str = ""
    plain_canary: bool = False
    prelude: str = ""
    in_place: bool = False
    visible_part_runs: bool = False
    at_end: bool = False


@dataclass(frozen=True)
class Job:
    """A notebook to run. plans: by grade id of the test cell; a test without one runs like any
    cell. files: laid into the home of the slot and of the tester, by path. tester_setup: the
    instructor's code that the tester runs first ("imports" and "definitions", both source).
    handed_in: what the student handed in beside the notebook, for the slot alone; the tester must
    never import it."""

    notebook: Notebook
    plans: Mapping[str, HiddenTestPlan] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    tester_setup: Mapping[str, Any] = field(default_factory=dict)
    handed_in: Mapping[str, bytes] = field(default_factory=dict)
