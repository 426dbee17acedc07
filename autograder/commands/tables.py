"""What the commands print: tables and progress, through rich."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.model import Assignment, Grade

if TYPE_CHECKING:
    from autograder.grading.grade_class import Outcome
    from autograder.releasing.audit_record import Audit, Catches
    from autograder.releasing.test_isolation import EditableName, Isolation
    from autograder.reporting.fill_marks import Filled
    from autograder.reporting.status import Row
    from autograder.similarity.compare import Similarity

MIN_VISIBLE_SHARE = 0.65  # below it, a green check of a notebook says little
WIDE = 320  # a log is no screen: sentences stay on one line, so that they can be searched for

console = Console(
    highlight=False, emoji=False, markup=False, width=None if sys.stdout.isatty() else WIDE
)


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A progress bar on a terminal; nothing in a log."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    on_terminal = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not on_terminal) as bar:
        bar.add_task(title, total=None)
        yield bar


def print_line(text: str) -> None:
    console.print(text, soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name in ("score", "time", "collected", "graded", "to review", "set aside", "held")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table


def grades_table(
    assignment: Assignment,
    grades: Sequence[Grade],
    outcomes: Iterable[Outcome],
    in_kernel: bool = False,
) -> None:
    """One row per student: score, seconds, and what went wrong in words. in_kernel: the cells ran
    in the notebook's own kernel."""
    table = _table("student", "score", "time", "status", "what went wrong")
    unchanged = {outcome.student for outcome in outcomes if not outcome.fresh}
    for grade in grades:
        score = f"{grade.score:g} / {grade.max_score:g}" if grade.marks else "-"
        seconds = "unchanged" if grade.student in unchanged else f"{grade.seconds:.1f} s"
        time = seconds if grade.marks else "-"
        table.add_row(grade.student, score, time, grade.status, grade.message or _lost(grade))
    console.print(f"\n{assignment.id}  {assignment.title}".rstrip())
    console.print(table)
    for grade in grades:
        if grade.integration:
            print_line(f"{grade.student}: {grade.integration}")
    forked = sorted({mark.cell for grade in grades for mark in grade.marks if mark.forked})
    if forked:
        where = "in the submission's own kernel" if in_kernel else "beside the student's code"
        hidden = "hidden tests ran" if in_kernel else "tests"
        print_line(f"note: {hidden} {where}, which could have lied: {', '.join(forked)}")


def _lost(grade: Grade) -> str:
    cells = [mark.cell for mark in grade.marks if mark.points < mark.out_of and mark.message]
    return f"lost points at: {', '.join(cells)}" if cells else ""


def audit_table(result: Audit) -> None:
    """One row per graded cell: how many proofs held, and how many wrong solutions its visible part
    catches; then every proof that did not hold, in words."""
    columns = ("wrong ones lose", "visible catches", "right ones keep", "asks the student's")
    table = _table("graded cell", *columns)
    reach = result.isolation
    for question in dict.fromkeys(f.question for f in result.findings if f.question):
        wrongs, rights = (_proof_counts(result, question, kind) for kind in ("wrong", "right"))
        caught = _catch_counts(result.visible_catches(question=question))
        answers = [n.name for n in reach.editable_names if n.test == question and n.is_answer]
        table.add_row(question, wrongs, caught, rights, ", ".join(answers))
    console.print(f"\n{result.assignment}")
    console.print(table)
    for finding in result.findings:
        if not finding.question and finding.holds:
            console.print(f"{finding.notebook}: {finding.kind} ({finding.thought}) as it should be")
        if not finding.holds:
            where = finding.question or finding.notebook
            print_line(f"NOT: {finding.kind} at {where} ('{finding.thought}'): {finding.message}")
    for missing in result.missing:
        print_line(f"NOT: {missing}")
    _reach_lines(reach)
    _visible_lines(result)


def _reach_lines(reach: Isolation) -> None:
    """What a student's code could reach of the tests, a line for each kind."""
    for name in reach.editable_names:
        if not name.is_answer:
            print_line(_describe_given_name(name))
    if reach.in_turn:
        print_line(
            f"a later cell can show what their hidden tests passed: {', '.join(reach.in_turn)}"
        )
    if reach.forked:
        print_line(f"graded beside the student's code, marks flagged: {', '.join(reach.forked)}")


def _visible_lines(result: Audit) -> None:
    """A line for each notebook whose visible asserts catch few mistakes, then one for all."""
    for name in dict.fromkeys(finding.notebook for finding in result.findings):
        if result.visible_catches(notebook=name).share < MIN_VISIBLE_SHARE:
            print_line(
                f"{name}: the visible asserts catch fewer than {100 * MIN_VISIBLE_SHARE:.0f} % of "
                f"the wrong solutions, so that a green check tells students little"
            )
    print_line(_describe_catches([result.visible_catches()]))


def audits_total(results: Iterable[Audit]) -> None:
    """One line about the visible asserts of several assignments together."""
    catches = [result.visible_catches() for result in results]
    print_line(f"\nall assignments: {_describe_catches(catches)}")


def _describe_catches(parts: Sequence[Catches]) -> str:
    caught, wrong = sum(part.caught for part in parts), sum(part.wrong for part in parts)
    percent = f" ({100 * caught / wrong:.0f} %)" if wrong else ""
    return f"visible asserts catch {caught} of {wrong} wrong solutions{percent}"


def _catch_counts(catches: Catches) -> str:
    return f"{catches.caught} of {catches.wrong}"


def _describe_given_name(given: EditableName) -> str:
    if given.is_instructors:
        return (
            f"'{given.test}' runs the given function '{given.name}' from the instructor's source, "
            f"beside the student's code"
        )
    return (
        f"'{given.test}' reads '{given.name}' of cell '{given.cell}' from the submission, where "
        f"students may bind it anew; let the test define what it needs"
    )


def _proof_counts(result: Audit, question: str, kind: str) -> str:
    of = [f for f in result.findings if f.question == question and f.kind == kind]
    return f"{sum(f.holds for f in of)} of {len(of)}"


def status_table(rows: Iterable[Row]) -> None:
    table = _table("assignment", "released", "collected", "graded", "to review", "set aside")
    for row in rows:
        counts = (row.collected, row.graded, row.needs_review, row.set_aside)
        table.add_row(row.assignment, "yes" if row.released else "no", *map(str, counts))
    console.print(table)


def filled_table(filled: Filled, written: bool) -> None:
    """What changed, or would change, in a platform's table: a row per mark, then what was left."""
    table = _table("person", "before", "after")
    for change in filled.changes:
        table.add_row(change.person, change.before or "(empty)", change.after)
    console.print(table)
    for sentence in filled.held:
        print_line(f"not written: {sentence}")
    if filled.without_row:
        print_line(f"a mark and no row of the table: {', '.join(filled.without_row)}")
    if filled.without_mark:
        print_line(f"no hand-in: {', '.join(filled.without_mark)}")
    verb = "changed" if written else "would change"
    print_line(
        f"{filled.platform}, column '{filled.column}': {len(filled.changes)} marks {verb}, "
        f"{filled.unchanged} stood there already"
    )


def similarity_table(result: Similarity) -> None:
    """One row per question: how many answers, pairs, and pairs that stand out from where on."""
    table = _table("question", "answers", "long enough", "pairs", "stand out", "from")
    for comparison in result.comparisons:
        ranking = comparison.ranking
        limit = ranking.threshold
        from_where = f"{100 * limit.similarity:.0f} %"
        if ranking.too_short:
            from_where = "too short to tell"
        elif limit.similarity > 1:
            from_where = "equal answers are no surprise here"
        counts = (ranking.answers, ranking.long_enough, limit.pairs, len(comparison.marked))
        table.add_row(comparison.question.cell, *map(str, counts), from_where)
    console.print(table)
    print_line("Evidence, not a verdict: read the answers side by side.")
