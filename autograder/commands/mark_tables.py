"""What the commands print of marks: a class's, changed and late ones, and a platform's table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from autograder.collecting.student_ids import escape
from autograder.commands.terminal import console, new_table, print_line
from autograder.model import Assignment, Grade
from autograder.settings.counted import counted

if TYPE_CHECKING:
    from autograder.gradebook.mark_changes import MarkChange
    from autograder.grading.record import Outcome
    from autograder.reporting.fill_marks import Filled
    from autograder.reporting.late_rows import LateRow


def grades_table(
    assignment: Assignment,
    grades: Sequence[Grade],
    outcomes: Iterable[Outcome],
    in_kernel: bool = False,
) -> None:
    """One row per student: score, seconds, and what went wrong in words. in_kernel: the cells ran
    in the notebook's own kernel."""
    table = new_table("student", "score", "time", "status", "what went wrong")
    unchanged = {outcome.student for outcome in outcomes if not outcome.fresh}
    for grade in grades:
        score = f"{grade.score:g} / {grade.max_score:g}" if grade.marks else "-"
        seconds = "unchanged" if grade.student in unchanged else f"{grade.seconds:.1f} s"
        time = seconds if grade.marks else "-"
        table.add_row(grade.student, score, time, grade.status, grade.message or _losses(grade))
    console.print(f"\n{assignment.id}  {assignment.title}".rstrip())
    console.print(table)
    lateness_lines(grades)
    for grade in grades:
        if grade.integration:
            print_line(f"{grade.student}: {grade.integration}")
    forked = sorted({mark.cell for grade in grades for mark in grade.marks if mark.forked})
    if forked:
        where = "in the submission's own kernel" if in_kernel else "beside the student's code"
        hidden = "hidden tests ran" if in_kernel else "tests"
        print_line(f"note: {hidden} {where}, which could have lied: {', '.join(forked)}")


def _losses(grade: Grade) -> str:
    cells = [mark.cell for mark in grade.marks if mark.points < mark.out_of and mark.message]
    return f"lost points at: {', '.join(cells)}" if cells else ""


def lateness_lines(grades: Iterable[Grade]) -> None:
    """A line for each grade of which points are off for lateness."""
    for grade in grades:
        if grade.late_penalty:
            why = f": {grade.late_reason}" if grade.late_reason else ""
            print_line(
                f"{grade.student}: {counted(grade.points, 'point')} - {grade.late_penalty:g} for "
                f"lateness = {grade.score:g}{why}"
            )


def late_table(rows: Sequence[LateRow]) -> None:
    """A row per hand-in that came late: the points, what is taken off, what is left, and why."""
    table = new_table("student", "points", "penalty", "score", "handed in", "due", "days", "why")
    for row in rows:
        numbers = (f"{n:g}" for n in (row.points, row.penalty, row.score))
        days = str(row.days) if row.days else ""
        table.add_row(row.student, *numbers, row.handed_in, row.due, days, escape(row.why))
    console.print(table if rows else "nobody was late")


def changed_marks(assignment: str, outcomes: Iterable[Outcome]) -> None:
    """The marks that `grade` made other than before although nothing was handed in anew."""
    changes = [change for outcome in outcomes for change in outcome.changes if change.moves]
    if not changes:
        return
    print_line(
        f"note: the tests or how they run changed since these hand-ins were graded, and so did "
        f"marks: {len(changes)}. They are on record; to take them back: "
        f"autograder regrade {assignment} --undo"
    )
    changes_table(sorted(changes, key=lambda change: change.difference))


def changes_table(changes: Iterable[MarkChange]) -> None:
    """A row for each mark: its points before and after, and why."""
    table = new_table("student", "question", "before", "after", "why")
    for change in changes:
        before, after = change.counted_before, change.counted_after
        table.add_row(
            change.student,
            change.cell,
            f"{before:g} / {change.out_of_before:g}",
            f"{after:g} / {change.out_of_after:g}",
            _why(change),
        )
    console.print(table)


def _why(change: MarkChange) -> str:
    before, after = change.message_before or "passed", change.message_after or "passes"
    return f"before: {before}; now: {after}" if before != after else f"as before: {after}"


def filled_table(filled: Filled, is_written: bool) -> None:
    """What changed, or would change, in a platform's table: a row per mark, then what was left."""
    late = any(change.late_penalty for change in filled.changes)
    table = new_table("person", "before", "after", *(("off for lateness",) if late else ()))
    for change in filled.changes:
        penalty = (f"{change.late_penalty:g}" if change.late_penalty else "",) if late else ()
        table.add_row(change.person, change.before or "(empty)", change.after, *penalty)
    console.print(table)
    for sentence in filled.not_written:
        print_line(f"not written: {sentence}")
    if filled.without_row:
        print_line(f"a mark and no row of the table: {'; '.join(filled.without_row)}")
    if filled.without_mark:
        print_line(f"no hand-in: {'; '.join(filled.without_mark)}")
    if filled.zero_count:
        print_line(f"no hand-in, and so 0: {filled.zero_count} of the above")
    if filled.not_in_roster:
        print_line(f"not in roster.csv, left alone: {'; '.join(filled.not_in_roster)}")
    if filled.test_students:
        names = "; ".join(filled.test_students)
        print_line(f"the platform's test student, who gets no mark: {names}")
    verb = "changed" if is_written else "would change"
    print_line(
        f"{filled.platform}, column '{filled.column}': {len(filled.changes)} marks {verb}, "
        f"{filled.unchanged} stood there already"
    )
