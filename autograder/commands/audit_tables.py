"""What the commands print of an audit: the proofs of each graded cell, and the visible asserts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from autograder.commands.terminal import console, new_table, print_line

if TYPE_CHECKING:
    from autograder.releasing.audit_record import Audit, Catches
    from autograder.releasing.test_isolation import EditableName, Isolation

MIN_VISIBLE_SHARE = 0.65  # below it, a green check of a notebook says little


def audit_table(result: Audit) -> None:
    """One row per graded cell: how many proofs held, and how many wrong solutions its visible part
    catches; then every proof that did not hold, in words."""
    columns = ("wrong ones lose", "visible catches", "right ones keep", "asks the student's")
    table = new_table("graded cell", *columns)
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


def _proof_counts(result: Audit, question: str, kind: str) -> str:
    proofs = [f for f in result.findings if f.question == question and f.kind == kind]
    return f"{sum(f.holds for f in proofs)} of {len(proofs)}"


def _catch_counts(catches: Catches) -> str:
    return f"{catches.caught} of {catches.wrong}"


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


def _describe_given_name(editable_name: EditableName) -> str:
    if editable_name.is_instructors:
        return (
            f"'{editable_name.test}' runs the given function '{editable_name.name}' from the "
            f"instructor's source, beside the student's code"
        )
    return (
        f"'{editable_name.test}' reads '{editable_name.name}' of cell '{editable_name.cell}' from "
        f"the submission, where students may bind it anew; let the test define what it needs"
    )


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
