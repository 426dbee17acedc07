"""How each hidden test is run, found out by running the instructor's own notebook once.

A test runs in the tester where the reference solution earns all its points there. Where it does
not (the test subclasses the student's class, deletes a name, looks at a figure) it runs in a copy
of the submission's process, and its marks say so. The run is remembered under the ground's key.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from autograder.gradebook.points import automatic_points
from autograder.grading.context import Context
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.sandbox import run_notebook
from autograder.sandbox.fork_verdict import FORGED
from autograder.sandbox.job import HiddenTestPlan, Job
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.limits import Limits, Run
from autograder.sandbox.pool import Pool
from autograder.sandbox.test_scope import Scope, binds, scopes

ROOM = Limits(cell_s=120.0, memory_bytes=4 << 30, disk_bytes=1 << 30, processes=256)


@dataclass(frozen=True)
class Reference:
    """What the instructor's run of one notebook showed: ways by test cell, and files it cached."""

    plans: Mapping[str, HiddenTestPlan]
    given: Mapping[str, Any]
    cache: Mapping[str, bytes]


def complete(
    course: Course, assignment: Assignment, context: Context, pool: Pool | KernelPool
) -> Context:
    """`ground` with its ways, from the course's memory or from a run of the reference in `pool`."""
    if isinstance(pool, KernelPool):
        return replace(context, plans={n: _in_place(book) for n, book in context.models.items()})
    place = course.state / "plans" / f"{assignment.id}.json"
    found = _remembered(place, context.key)
    if found is None:
        found = {
            name: _reference(pool, _source(course, assignment, name), context, name)
            for name in assignment.notebooks
        }
        _remember(place, context.key, found)
    return replace(
        context,
        plans={name: one.plans for name, one in found.items()},
        given={name: one.given for name, one in found.items()},
        cache={path: data for one in found.values() for path, data in one.cache.items()},
    )


def _in_place(notebook: Notebook) -> dict[str, HiddenTestPlan]:
    """Every test runs like any cell of its notebook: no tester speaks the language of a kernel."""
    plan = HiddenTestPlan(in_tester=False, in_place=True)
    return {cells.grade_id(cell): plan for cell in cells.tests(notebook)}


def _source(course: Course, assignment: Assignment, name: str) -> Notebook:
    return cells.load(course.source / assignment.id / f"{name}.ipynb")


def _reference(pool: Pool, source: Notebook, context: Context, name: str) -> Reference:
    """Run the reference: every test in the tester first, then what failed there in a fork."""
    seen = scopes(source)
    given = _given(seen)
    first = {
        k: HiddenTestPlan(not s.magics, _shown(s), None, opens=bool(s.hands_on))
        for k, s in seen.items()
    }
    ran, cache = _ran(pool, Job(source, first, context.beside, given))
    profiles = dict(ran.profiles)
    tested = {
        cells.grade_id(cell): replace(first[cells.grade_id(cell)], profile=profiles[k])
        for cell in cells.tests(ran.notebook)
        if (k := cells.grade_id(cell)) in profiles and _earned_all(cell)
    }
    model = context.models[name]
    forked = {
        k: HiddenTestPlan(False, stub=_stub(source, model, k), opens=first[k].opens)
        for k in first
        if k not in tested
    }
    if forked:
        forked = _with_canaries(pool, Job(source, {**tested, **forked}, context.beside, given))
    return Reference({**tested, **forked}, given, cache)


def _ran(pool: Pool, job: Job) -> tuple[Run, dict[str, bytes]]:
    """The reference run and what it left in ~/.cache (a compiled firmware, say)."""
    kept: dict[str, bytes] = {}
    return run_notebook.run(pool, job, ROOM, kept), kept


def _given(seen: Mapping[str, Scope]) -> dict[str, str]:
    """What the tester runs once before the tests: the same in every scope of a notebook."""
    for scope in seen.values():
        return {"imports": scope.imports, "given": scope.given}
    return {"imports": "", "given": ""}


def _shown(scope: Scope) -> dict[str, Any]:
    """A scope as it goes over the wire, without what the tester has already."""
    return {k: v for k, v in asdict(scope).items() if k not in ("imports", "given")}


def _earned_all(cell: Cell) -> bool:
    points, out_of = automatic_points(cell)
    return points == out_of


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
    names = sorted({name for cell in answers for name in binds(cell)})
    forget = "".join(f"globals().pop({name!r}, None)\n" for name in names)
    return forget + "\n\n".join(texts[cells.grade_id(cell)] for cell in answers)


def _with_canaries(pool: Pool, job: Job) -> dict[str, HiddenTestPlan]:
    """The forked ways of `job`. Where a test passes although the answer is taken away, its canary
    can show no more than that a failing test fails. Where the reference loses points in a fork, too
    (magics in a kernel, threads), the test runs in its place."""
    forked = {k: plan for k, plan in job.plans.items() if not plan.in_tester}
    silent = {
        cells.grade_id(cell)
        for cell in cells.tests(run_notebook.run(pool, job, ROOM).notebook)
        if any(one.get("evalue") == FORGED for one in cell["outputs"])
    }
    forked = {k: replace(plan, plain_canary=k in silent) for k, plan in forked.items()}
    again = run_notebook.run(pool, replace(job, plans={**job.plans, **forked}), ROOM)
    earned = {cells.grade_id(cell) for cell in cells.tests(again.notebook) if _earned_all(cell)}
    return {k: replace(plan, in_place=k not in earned) for k, plan in forked.items()}


def _remembered(place: Path, key: str) -> dict[str, Reference] | None:
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if told.get("key") != key:
        return None
    return {name: _read(one) for name, one in told["notebooks"].items()}


def _read(told: dict[str, Any]) -> Reference:
    plans = {
        k: HiddenTestPlan(
            **{**plan, "profile": None if plan["profile"] is None else tuple(plan["profile"])}
        )
        for k, plan in told["plans"].items()
    }
    cache = {path: base64.b64decode(data) for path, data in told["cache"].items()}
    return Reference(plans, told["given"], cache)


def _remember(place: Path, key: str, found: Mapping[str, Reference]) -> None:
    notebooks = {
        name: {
            "plans": {k: asdict(plan) for k, plan in one.plans.items()},
            "given": dict(one.given),
            "cache": {p: base64.b64encode(data).decode() for p, data in one.cache.items()},
        }
        for name, one in found.items()
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    draft.write_text(json.dumps({"key": key, "notebooks": notebooks}), encoding="utf-8")
    draft.replace(place)
