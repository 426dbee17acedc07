"""What a student's code could reach of each graded test: how it runs, and whose names it reads.

Most tests run in the tester, after all cells, and read answers only. The rest is named by an audit,
for the instructor to look at: a test that reads a given function or value from the submission can
be answered by a cell that binds its name anew, even where the cell that gives it is locked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.grading.class_run import prepared
from autograder.grading.context import GradingContext
from autograder.grading.run_settings import Settings
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.notebook.code_blocks import Block, read_blocks
from autograder.notebook.code_names import bound_names, free_names
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.job import HiddenTestPlan
from autograder.settings.source_notebook import source_notebook


@dataclass(frozen=True)
class EditableName:
    """A name that the test of a graded cell reads from the submission, where students may bind it
    anew. cell: the grade_id of the cell that binds it, or its id in the notebook. is_answer: it is
    a solution cell.
    is_instructors: the function runs from the instructor's source, beside the student's code.
    """

    test: str
    name: str
    cell: str
    is_answer: bool
    is_instructors: bool = False


@dataclass(frozen=True)
class Isolation:
    """The graded cells of an assignment whose test could be reached by code written for it.

    forked: the test runs in the student's process or a copy of it. in_turn: it has a hidden part
    and runs in the tester, but where its cell stands, so that later cells can show what it passed.
    editable_names: of all graded cells.
    """

    forked: tuple[str, ...] = ()
    in_turn: tuple[str, ...] = ()
    editable_names: tuple[EditableName, ...] = ()


def isolation(course: Course, assignment: Assignment, settings: Settings) -> Isolation:
    """The isolation of every graded cell, from the plans by which submissions are graded.

    Empty outside Linux, where there is no tester. Raises CourseError as grading would.
    """
    if sys.platform != "linux":
        return Isolation()
    with prepared(course, assignment, settings, strongest_level()) as (context, _):
        sources = {n: source_notebook(course, assignment, n) for n in assignment.notebooks}
        return Isolation(
            tuple(_forked(context)),
            tuple(cell for name, book in sources.items() for cell in _in_turn(book, context, name)),
            tuple(
                editable
                for name, book in sources.items()
                for editable in editable_names(
                    book, context.plans[name], context.tester_setup.get(name, {})
                )
            ),
        )


def _forked(context: GradingContext) -> Iterator[str]:
    for plans in context.plans.values():
        yield from (cell for cell, plan in plans.items() if not plan.in_tester)


def _in_turn(source: Notebook, context: GradingContext, name: str) -> Iterator[str]:
    for cell in cells.tests(source):
        plan = context.plans[name][cells.grade_id(cell)]
        if cells.has_hidden_part(cell) and plan.in_tester and not plan.at_end:
            yield cells.grade_id(cell)


def editable_names(
    source: Notebook, plans: Mapping[str, HiddenTestPlan], tester_setup: Mapping[str, str]
) -> Iterator[EditableName]:
    """The names that each test of a reference notebook reads from the submission, directly or
    through a given function. Nothing is run."""
    blocks = read_blocks(source)
    for index, block in enumerate(blocks):
        if block.is_test:
            yield from _names_of_test(block, blocks[:index], plans, tester_setup)


def _names_of_test(
    test: Block,
    earlier: list[Block],
    plans: Mapping[str, HiddenTestPlan],
    tester_setup: Mapping[str, str],
) -> Iterator[EditableName]:
    question = cells.grade_id(test.cell)
    plan = plans[question]
    helpers, beside = plan.scope.get("helpers", ""), plan.scope.get("helpers_of_submission", "")
    values = {name for _, names in plan.scope.get("values", ()) for name in names}
    instructor_names = bound_names(helpers) | values
    if plan.in_tester:
        instructor_names |= set().union(*map(bound_names, tester_setup.values()))
        instructor_names -= set(plan.scope["rebound_instructor_names"])
    names = set(test.reads) | free_names(helpers) | free_names(beside)
    for name in sorted(names - instructor_names):
        binding = next((block for block in reversed(earlier) if name in block.binds), None)
        if binding and not binding.is_test:
            cell = cells.grade_id(binding.cell) or str(binding.cell.get("id", ""))
            yield EditableName(
                question, name, cell, binding.is_solution, name in bound_names(beside)
            )
