"""The start of a session: tables, aliases, a sample, and marks that still stand after a regrade."""

from __future__ import annotations

import getpass
from collections.abc import Iterator

from autograder.gradebook.connection import transaction
from autograder.gradebook.review_tables import LONGEST_MARKER, make_review_tables
from autograder.model import CourseError
from autograder.reporting.html_page import counted
from autograder.review.marking import settle_all
from autograder.review.second_marker import Drawn, draw
from autograder.review.worklist import Session, prepare, worklists


def marker_name(name: str) -> str:
    """The name of the person who marks: the one given, else that of the account."""
    try:
        marker = " ".join((name or getpass.getuser()).split())
    except (KeyError, OSError):
        marker = ""
    if not marker or len(marker) > LONGEST_MARKER or not marker.isprintable():
        raise CourseError(
            f"A marker needs a name of 1 to {LONGEST_MARKER} characters. Write --marker anna."
        )
    return marker


def begin(session: Session, sample: str = "") -> Iterator[str]:
    """Make all ready; a sentence for each thing that the marker should know.

    sample: how many answers to each question two people mark, '' for no more than so far.
    """
    make_review_tables(session.course)
    with transaction(session.course, writing=True) as connection:
        prepare(session, connection)
        lists = worklists(session, connection)
        if not any(worklist.answers for worklist in lists):
            raise CourseError(
                f"'{session.assignment.id}' has no answer that a person marks. Grade it first: "
                f"autograder grade {session.assignment.id}"
            )
        drawn = (
            [draw(session, connection, worklist, sample) for worklist in lists] if sample else []
        )
        stood = settle_all(session, connection, lists)
        lists = worklists(session, connection) if drawn else lists
    yield f"You mark as {session.marker}."
    yield from _drawn(drawn)
    if stood:
        yield f"{counted(stood, 'mark')} of people brought in line: graded again, answer as it was."
    for worklist in lists:
        left_for_both, left_for_either = worklist.open_counts()
        shared = (
            f" ({left_for_both} for both markers, {left_for_either} for either)"
            if left_for_both
            else ""
        )
        of_all = f"{left_for_both + left_for_either} of {len(worklist.answers)}"
        yield f"{worklist.question.key.cell}: {of_all} to mark{shared}"


def _drawn(samples: list[Drawn]) -> Iterator[str]:
    """How large the samples are, and of which question there were too few answers left."""
    if samples:
        total = sum(sample.size for sample in samples)
        yield f"{counted(total, 'answer')} will be marked by two people."
    for sample in samples:
        if sample.size < sample.requested_size:
            yield (
                f"{sample.cell}: a sample of {sample.requested_size} was asked for, and it has "
                f"{sample.size}: the others have a mark or a draft, and a second marker would not "
                f"be independent. Draw the sample before anybody marks."
            )
