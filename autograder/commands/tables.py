"""What the commands print: tables and progress, through rich."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.collecting.student_ids import escape
from autograder.model import Assignment, Grade

if TYPE_CHECKING:
    from autograder.gradebook.mark_changes import MarkChange
    from autograder.grading.grade_class import Outcome
    from autograder.releasing.audit_record import Audit, Catches
    from autograder.releasing.test_isolation import EditableName, Isolation
    from autograder.reporting.fill_marks import Filled
    from autograder.reporting.status import PersonRow, Row
    from autograder.roster.import_roster import Import
    from autograder.roster.people import Person
    from autograder.similarity.compare import Similarity

RIGHT = {"score", "time", "collected", "graded", "to review", "set aside", "held"}
RIGHT |= {"points", "penalty", "no hand-in", "off for lateness"}
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
        right = name in RIGHT
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
    lateness_lines(grades)
    for grade in grades:
        if grade.integration:
            print_line(f"{grade.student}: {grade.integration}")
    forked = sorted({mark.cell for grade in grades for mark in grade.marks if mark.forked})
    if forked:
        where = "in the submission's own kernel" if in_kernel else "beside the student's code"
        hidden = "hidden tests ran" if in_kernel else "tests"
        print_line(f"note: {hidden} {where}, which could have lied: {', '.join(forked)}")


def lateness_lines(grades: Iterable[Grade]) -> None:
    """A line for each grade of which points are off for lateness."""
    for grade in grades:
        if grade.late_penalty:
            why = f": {grade.late_reason}" if grade.late_reason else ""
            print_line(
                f"{grade.student}: {grade.points:g} points - {grade.late_penalty:g} for lateness = "
                f"{grade.score:g}{why}"
            )


def late_table(grades: Iterable[Grade]) -> None:
    """A row per hand-in that came late: the points, what is taken off, what is left, and why."""
    table = _table("student", "points", "penalty", "score", "why")
    late = [grade for grade in grades if grade.late_penalty or grade.late_reason]
    for grade in late:
        numbers = (f"{n:g}" for n in (grade.points, grade.late_penalty, grade.score))
        table.add_row(grade.student, *numbers, grade.late_reason or "nbgrader's plugin")
    console.print(table if late else "nobody was late")


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
    table = _table("student", "question", "before", "after", "why")
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


def status_table(rows: Sequence[Row]) -> None:
    """A row per assignment; with a roster also how many handed nothing in, and who is not in it."""
    has_roster = any(row.absent is not None for row in rows)
    columns = ("assignment", "released", "collected", "graded", "to review", "set aside")
    table = _table(*columns, *(("no hand-in",) if has_roster else ()))
    for row in rows:
        counts = [row.collected, row.graded, row.needs_review, row.set_aside]
        counts += [row.absent] if row.absent is not None else []
        table.add_row(row.assignment, "yes" if row.released else "no", *map(str, counts))
    console.print(table)
    for sentence in dict.fromkeys(note for row in rows for note in row.notes):
        print_line(f"note: {sentence}")


def class_status_table(rows: Iterable[PersonRow]) -> None:
    """A row per person of one assignment."""
    table = _table("student", "name", "sections", "status", "score", "handed in")
    for row in rows:
        grade, person = row.grade, row.person
        score = f"{grade.score:g} / {grade.max_score:g}" if grade and grade.marks else "-"
        when = f"{grade.submitted_at:%Y-%m-%d %H:%M} UTC" if grade and grade.submitted_at else "-"
        by = f"{when} by {grade.handed_in_by}" if grade and grade.group else when
        name = person.name if person.name != person.id else ""
        sections = "; ".join(person.sections)
        table.add_row(person.id, escape(name), escape(sections), row.state, score, by)
    console.print(table)


def people_table(people: Iterable[Person], missing: Mapping[str, Sequence[str]]) -> None:
    """A row per person of the roster. missing: the assignments without a hand-in, by person."""
    table = _table("student", "name", "sections", "no hand-in of")
    for person in people:
        state = f"(gone since {person.gone})" if person.gone else ", ".join(missing[person.id])
        sections = "; ".join(person.sections)
        table.add_row(person.id, escape(person.name), escape(sections), state)
    console.print(table)


def import_table(result: Import) -> None:
    """Who is new, changed, gone or back by an import, and what it left out."""
    table = _table("", "student", "name", "what changes")
    for change in result.changes:
        facts = escape("; ".join(change.facts))
        table.add_row(change.kind, change.person.id, escape(change.person.name), facts)
    if result.changes:
        console.print(table)
    for name in result.left_out:
        print_line(f"left out: {escape(name)}, the platform's test student")
    for student, others in result.other_ids:
        print_line(
            f"note: '{student}' has also handed in as {', '.join(others)}; that work stays apart"
        )


def filled_table(filled: Filled, written: bool) -> None:
    """What changed, or would change, in a platform's table: a row per mark, then what was left."""
    late = any(change.late_penalty for change in filled.changes)
    table = _table("person", "before", "after", *(("off for lateness",) if late else ()))
    for change in filled.changes:
        penalty = (f"{change.late_penalty:g}" if change.late_penalty else "",) if late else ()
        table.add_row(change.person, change.before or "(empty)", change.after, *penalty)
    console.print(table)
    for sentence in filled.held:
        print_line(f"not written: {sentence}")
    if filled.without_row:
        print_line(f"a mark and no row of the table: {', '.join(filled.without_row)}")
    if filled.without_mark:
        print_line(f"no hand-in: {', '.join(filled.without_mark)}")
    if filled.not_in_roster:
        print_line(f"not in roster.csv, left alone: {', '.join(filled.not_in_roster)}")
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
