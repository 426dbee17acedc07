"""How each hidden test is run, found out by running the instructor's own notebook once.

A test runs in the tester where the reference solution earns all its points there. Where it does
not (the test subclasses the student's class, deletes a name, looks at a figure) it runs in a copy
of the submission's process, and its marks say so. The run is remembered under the context's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from autograder.files import check_writable
from autograder.gradebook.points import earned_all_points
from autograder.grading import plan_file
from autograder.grading.context import GradingContext
from autograder.grading.other_scopes import SCOPES, differing_values, other_scopes
from autograder.grading.plan_file import Reference
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.notebook.code_blocks import names_bound_by
from autograder.sandbox import run_notebook
from autograder.sandbox.fork_verdict import FORGED
from autograder.sandbox.job import HiddenTestPlan, Job
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool
from autograder.sandbox.reference_run import OtherScopes, ReferenceRun
from autograder.sandbox.run_result import RunResult
from autograder.sandbox.test_scope import Scope, read_preludes, read_scopes
from autograder.settings.source_notebook import source_notebook

COMPILING_S = 120.0  # for a cell of the reference, which may compile what submissions get compiled
AMPLE = Limits(cell_s=COMPILING_S, memory_bytes=4 << 30, disk_bytes=1 << 30, processes=256)


def complete(
    course: Course, assignment: Assignment, context: GradingContext, pool: Pool | KernelPool
) -> GradingContext:
    """`context` with its plans, as remembered in the course or from a run of the reference.

    Raises CourseError where the reference itself needs more than the limits of a submission.
    """
    if isinstance(pool, KernelPool):
        return replace(context, plans={n: _in_place(book) for n, book in context.models.items()})
    folder = course.state / "plans" / assignment.id
    references = plan_file.read(folder, context.key)
    if references is None:
        check_writable(folder)
        references = {
            name: _reference_within_limits(
                pool, source_notebook(course, assignment, name), context, name
            )
            for name in assignment.notebooks
        }
        plan_file.write(folder, context.key, references)
    return replace(
        context,
        plans={name: reference.plans for name, reference in references.items()},
        tester_setup={name: reference.tester_setup for name, reference in references.items()},
        cache={
            path: data
            for reference in references.values()
            for path, data in reference.cache.items()
        },
        unearned=tuple(
            f"{name}: {cell}"
            for name, reference in references.items()
            for cell in reference.unearned
        ),
    )


def _in_place(notebook: Notebook) -> dict[str, HiddenTestPlan]:
    """Every test runs like any cell of its notebook: no tester speaks the language of a kernel."""
    plan = HiddenTestPlan(in_tester=False, in_place=True)
    return {cells.grade_id(cell): plan for cell in cells.tests(notebook)}


def _reference_within_limits(
    pool: Pool, source: Notebook, context: GradingContext, name: str
) -> Reference:
    """The reference run with the memory and disk of a submission. Where that is too little it has
    more (to compile, say), and must then earn its points as a submission does, from the cache."""
    limits = context.limits
    long = max(COMPILING_S, limits.cell_s)
    reference = _reference(pool, source, context, name, replace(limits, cell_s=long))
    if not reference.unearned and reference.longest_s < limits.cell_s:
        return reference
    ample = replace(AMPLE, cell_s=long, notebook_s=max(limits.notebook_s, 10 * long))
    if reference.unearned:
        reference = _reference(pool, source, context, name, ample)
    files = {**reference.cache, **context.support_files}
    job = Job(source, reference.plans, files, dict(reference.tester_setup))
    ran = run_notebook.run(pool, job, limits)
    lost_tests = sorted(_tests(ran) - _full(ran) - set(reference.unearned))
    if lost_tests:
        raise CourseError(
            f"The reference solution of {context.assignment}, notebook '{name}', does not earn the "
            f"points of {', '.join(lost_tests)} within the limits of a submission (a cell "
            f"{limits.cell_s:g} s, memory {limits.memory_bytes >> 20} MB, files "
            f"{limits.disk_bytes >> 20} MB), but with more it does"
            f"{': ' + '; '.join(ran.messages) if ran.messages else ''}. Nobody was graded. Raise "
            f"--cell-limit, --memory-mb or --disk-mb, or set c.Execute.timeout, "
            f"c.Autograder.memory_mb or c.Autograder.disk_mb in nbgrader_config.py."
        )
    return reference


def _tests(ran: RunResult) -> set[str]:
    return {cells.grade_id(cell) for cell in cells.tests(ran.notebook)}


def _full(ran: RunResult) -> set[str]:
    """The tests of which all points were earned."""
    return {cells.grade_id(cell) for cell in cells.tests(ran.notebook) if earned_all_points(cell)}


def _reference(
    pool: Pool, source: Notebook, context: GradingContext, name: str, limits: Limits
) -> Reference:
    """Run the reference: every test in the tester, and what fails there in a fork."""
    hidden_scopes = read_scopes(source)
    tester_setup = _tester_setup(hidden_scopes)
    secret = {cells.grade_id(c) for c in cells.tests(source) if cells.has_hidden_part(c)}
    first = {
        k: HiddenTestPlan(
            not s.unfit_for_tester,
            _scope_message(s),
            None,
            visible_part_runs=bool(s.exported_names),
            at_end=k in secret,
        )
        for k, s in hidden_scopes.items()
    }
    job = Job(source, first, context.support_files, tester_setup)
    tested, cache, longest_s = _plans_at_end_or_in_turn(pool, job, limits)
    preludes = read_preludes(source) if first.keys() - tested.keys() else {}
    forked = {
        k: HiddenTestPlan(
            False,
            stub=_stub(source, context.models[name], k),
            visible_part_runs=plan.visible_part_runs,
            prelude=preludes[k],
            at_end=True,
        )
        for k, plan in first.items()
        if k not in tested
    }
    unearned: set[str] = set()
    if forked:
        forked, unearned = _with_canaries(pool, replace(job, plans={**tested, **forked}), limits)
    plans = {**tested, **forked}
    return Reference(plans, tester_setup, cache, tuple(sorted(unearned)), longest_s)


def _plans_at_end_or_in_turn(
    pool: Pool, job: Job, limits: Limits
) -> tuple[dict[str, HiddenTestPlan], dict[str, bytes], float]:
    """_plans_in_tester; tests that the reference passes only where their cells stand run there, and
    all tests where the two ways do not go together."""
    tested, cache, longest_s = _plans_in_tester(pool, job, limits)
    if not any(plan.in_tester and k not in tested for k, plan in job.plans.items()):
        return tested, cache, longest_s
    in_turn = {k: replace(plan, at_end=False) for k, plan in job.plans.items()}
    live, live_cache, _ = _plans_in_tester(pool, replace(job, plans=in_turn), limits)
    if not live.keys() - tested.keys():
        return tested, cache, longest_s
    mixed = {**live, **tested}
    ran = run_notebook.run(pool, replace(job, plans={**in_turn, **mixed}), limits)
    return mixed if _full(ran) >= mixed.keys() else live, live_cache, longest_s


def _plans_in_tester(
    pool: Pool, job: Job, limits: Limits
) -> tuple[dict[str, HiddenTestPlan], dict[str, bytes], float]:
    """The plans of the tests that the reference passes in the tester, what its run cached, and the
    seconds of its longest cell or test. A test that fails there is tried again with its helpers
    beside the submission, and with the submission's own values: within the run where it waits for
    the end, else in further runs."""
    reference = ReferenceRun(OtherScopes(partial(other_scopes, job.notebook), len(SCOPES)))
    ran = run_notebook.run(pool, job, limits, reference)
    scopes = dict(ran.scopes)
    plans = {k: replace(plan, scope=scopes.get(k, plan.scope)) for k, plan in job.plans.items()}
    tested = _passed_in_tester(ran, plans)
    agreeing = read_scopes(job.notebook, differing_values(ran))
    for other_scope in SCOPES:
        other_plans = {
            k: replace(plan, scope=scope)
            for k, plan in job.plans.items()
            if plan.in_tester and not plan.at_end and k not in tested
            if (scope := other_scope(agreeing[k].values, plan.scope)) != plan.scope
        }
        if other_plans:
            again = replace(job, plans={**job.plans, **tested, **other_plans})
            reference = ReferenceRun()
            ran = run_notebook.run(pool, again, limits, reference)
            tested |= _passed_in_tester(ran, other_plans)
    return tested, reference.cache, ran.longest_s


def _passed_in_tester(
    ran: RunResult, plans: Mapping[str, HiddenTestPlan]
) -> dict[str, HiddenTestPlan]:
    """The plans of the tests in which the reference earned all points, with what they needed."""
    profiles = dict(ran.profiles)
    full = _full(ran)
    return {
        k: replace(plan, profile=profiles[k])
        for k, plan in plans.items()
        if k in profiles and k in full
    }


def _tester_setup(hidden_scopes: Mapping[str, Scope]) -> dict[str, str]:
    """What the tester runs once before the tests: the same in every scope of a notebook."""
    for scope in hidden_scopes.values():
        return {"imports": scope.imports, "definitions": scope.definitions}
    return {"imports": "", "definitions": ""}


def _scope_message(scope: Scope) -> dict[str, Any]:
    """A scope as it goes over the wire, without what the tester has already."""
    return {k: v for k, v in asdict(scope).items() if k not in ("imports", "definitions")}


def _stub(source: Notebook, model: Notebook, test: str) -> str:
    """The untouched form of the answers before a test (back to an earlier test), behind code that
    takes the names away which the reference binds there."""
    texts = {cells.grade_id(cell): cells.source(cell) for cell in model["cells"]}
    answers: list[Cell] = []
    fresh = False
    for cell in source["cells"]:
        if cells.grade_id(cell) == test:
            break
        if cells.is_test(cell):
            fresh = True
        elif cells.is_solution(cell) and cell["cell_type"] == "code":
            answers = [cell] if fresh else [*answers, cell]
            fresh = False
    names = sorted({name for cell in answers for name in names_bound_by(cell)})
    forget = "".join(f"globals().pop({name!r}, None)\n" for name in names)
    return forget + "\n\n".join(texts[cells.grade_id(cell)] for cell in answers)


def _with_canaries(
    pool: Pool, job: Job, limits: Limits
) -> tuple[dict[str, HiddenTestPlan], set[str]]:
    """The forked plans of `job`, and the tests whose points the reference earns in no way. Where a
    test passes although the answer is taken away, its canary can show no more than that a failing
    test fails. Where the reference loses points in a fork, too (magics in a kernel, threads), the
    test runs in its place."""
    forked = {k: plan for k, plan in job.plans.items() if not plan.in_tester}
    silent = {
        cells.grade_id(cell)
        for cell in cells.tests(run_notebook.run(pool, job, limits).notebook)
        if any(reference.get("evalue") == FORGED for reference in cell["outputs"])
    }
    forked = {k: replace(plan, plain_canary=k in silent) for k, plan in forked.items()}
    earned = _full(run_notebook.run(pool, replace(job, plans={**job.plans, **forked}), limits))
    forked = {k: replace(plan, in_place=k not in earned) for k, plan in forked.items()}
    if earned >= forked.keys():
        return forked, set()
    last = run_notebook.run(pool, replace(job, plans={**job.plans, **forked}), limits)
    return forked, set(forked) - _full(last)
