"""The run of one notebook, which always comes to an end with a `RunResult`: again after a fault of
the grader, with the tests in their turn where copies of the submission cannot serve them, alone
where its neighbours may have taken the processor.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from autograder.notebook import cells
from autograder.notebook.cells import Cell
from autograder.sandbox.copies import CopiesEnded
from autograder.sandbox.execution import Execution
from autograder.sandbox.job import Job
from autograder.sandbox.kernel_pool import KernelPool, UnwalledSlot
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool
from autograder.sandbox.process_handles import (
    START_S,
    DeadlinePassed,
    ProcessEnded,
    SlotHandle,
)
from autograder.sandbox.reference_run import ReferenceRun
from autograder.sandbox.run_result import GraderFault, RunResult

MAX_ATTEMPTS = 3


def run(
    pool: Pool | KernelPool, job: Job, limits: Limits, reference: ReferenceRun | None = None
) -> RunResult:
    """Run `job` in a slot of its own. After a GraderFault it is run again from the top; the third
    fault in a row is taken for the submission's own doing. A test that had a verdict by then keeps
    it. Where the job used up a time limit and little of the processor, it runs once more, alone.

    reference: what the run does beyond that of a submission, where `job` has the instructor's
    notebook.
    """
    last_fault = GraderFault("not run")
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for attempt in range(MAX_ATTEMPTS):
        last_attempt = attempt == MAX_ATTEMPTS - 1
        try:
            with pool.turns.shared() as turn:
                result = _run_in_slot(pool, job, limits, reference, last_attempt)
            if result.starved and turn.had_company:
                with pool.turns.alone():
                    result = _run_in_slot(pool, job, limits, reference, last_attempt)
            return _with_tests(result, verdicts)
        except GraderFault as fault:
            last_fault = fault
            verdicts = {**fault.verdicts, **verdicts}
    raise last_fault


def run_unwalled(job: Job, limits: Limits, libraries: tuple[Path, ...]) -> RunResult:
    """Run `job`, a notebook of one's own, in its kernel with one's own rights and no wall."""
    start = perf_counter()
    with ExitStack() as stack:
        slot = stack.enter_context(closing(UnwalledSlot(job.notebook, job.files, libraries)))
        return Execution(None, stack, slot, job, limits, last_attempt=True).run_all(start)


def _run_in_slot(
    pool: Pool | KernelPool,
    job: Job,
    limits: Limits,
    reference: ReferenceRun | None,
    last_attempt: bool,
) -> RunResult:
    """Run `job` in a new slot. Where the submission ends its process before the tests at the end
    could run, it runs once more with every test in its turn; so it does where a test in doubt has
    failed, and then all tests in doubt count as in their turn. Where hidden tests ran like cells,
    what the other cells show is that of a run without them."""
    start = perf_counter()
    plans = {name: replace(plan, at_end=False) for name, plan in job.plans.items()}
    live = replace(job, plans=plans)
    try:
        result = _run_once(pool, job, limits, reference, last_attempt, start)
    except CopiesEnded:
        result = _run_once(pool, live, limits, reference, last_attempt, start)
    if result.doubtful:
        in_turn = _run_once(pool, live, limits, None, last_attempt, start)
        result = _with_tests_in_turn(result, in_turn)
    if any(_is_hidden_in_place(job, cell) for cell in cells.tests(job.notebook)):
        open_job = _without_hidden_tests(job)
        result = _with_outputs_of(
            result, _run_once(pool, open_job, limits, None, last_attempt, start)
        )
    return result


def _is_hidden_in_place(job: Job, cell: Cell) -> bool:
    plan = job.plans.get(cells.grade_id(cell))
    return plan is not None and plan.in_place and cells.has_hidden_part(cell)


def _without_hidden_tests(job: Job) -> Job:
    """The job as its student could run it. Of a test, the part that they see runs where later cells
    or the test itself need it in the submission."""
    notebook = copy.deepcopy(job.notebook)
    for cell in cells.tests(notebook):
        plan = job.plans.get(cells.grade_id(cell))
        runs = plan is None or plan.in_place or plan.visible_part_runs
        cell["source"] = cells.remove_regions(cells.source(cell), cells.HIDDEN) if runs else ""
    return replace(job, notebook=notebook, plans={})


def _with_outputs_of(result: RunResult, open_result: RunResult) -> RunResult:
    """The result, in which the student's cells show what they did in `open_result`, a run without
    the hidden tests: in the first run they could show what a test passed. A test without a hidden
    part that failed in both says why."""
    for cell, other in zip(result.notebook["cells"], open_result.notebook["cells"], strict=True):
        if cell["cell_type"] != "code":
            continue
        failed = _has_error(cell) and _has_error(other) and not cells.has_hidden_part(cell)
        if not cells.is_test(cell) or failed:
            cell["outputs"], cell["execution_count"] = other["outputs"], other["execution_count"]
    result.notebook["metadata"] = open_result.notebook["metadata"]
    messages = dict.fromkeys([*result.messages, *open_result.messages])
    return replace(result, seconds=open_result.seconds, messages=tuple(messages))


def _has_error(cell: Cell) -> bool:
    return any(output["output_type"] == "error" for output in cell["outputs"])


def _with_tests_in_turn(result: RunResult, live: RunResult) -> RunResult:
    """The result, in which the doubtful tests are those of `live`, whether they passed there or
    not: an answer that knows where it is asked has one guess."""
    in_turn = {cells.grade_id(cell): cell["outputs"] for cell in cells.tests(live.notebook)}
    doubtful = {name: in_turn[name] for name in result.doubtful if name in in_turn}
    return replace(_with_tests(result, doubtful), seconds=live.seconds)


def _with_tests(result: RunResult, outputs: Mapping[str, list[dict[str, Any]]]) -> RunResult:
    """The result with other outputs of tests, by grade id."""
    for cell in cells.tests(result.notebook):
        cell["outputs"] = outputs.get(cells.grade_id(cell), cell["outputs"])
    return result


def _run_once(
    pool: Pool | KernelPool,
    job: Job,
    limits: Limits,
    reference: ReferenceRun | None,
    last_attempt: bool,
    start: float,
) -> RunResult:
    testers = pool if isinstance(pool, Pool) else None
    other_scopes = reference.other_scopes if reference else None
    most = 2 + (other_scopes.most if other_scopes else 0)
    copies = most * sum(plan.at_end or not plan.in_tester for plan in job.plans.values())
    slot_limits = replace(limits, processes=limits.processes + copies)
    with ExitStack() as stack:
        process = stack.enter_context(pool.slot(job.notebook, slot_limits))
        files = {**job.handed_in, **job.files}
        slot = stack.enter_context(closing(SlotHandle(process, files, limits.output_bytes)))
        run = Execution(testers, stack, slot, job, limits, last_attempt, other_scopes)
        try:
            result = run.run_all(start)
        except GraderFault as fault:
            fault.verdicts = run.verdicts
            raise
        if reference is not None:
            reference.cache.update(_cache_files(slot))
        return result


def _cache_files(slot: SlotHandle) -> dict[str, bytes]:
    """The slot's files in ~/.cache; none where it is gone by now, since a cache only saves time."""
    for _ in range(2):  # an interrupt that comes late is spent on the first request
        try:
            reply = slot.ask({"do": "cache"}, START_S)
        except (DeadlinePassed, ProcessEnded):
            return {}
        if "files" in reply:
            return {path: base64.b64decode(data) for path, data in reply["files"].items()}
    return {}
