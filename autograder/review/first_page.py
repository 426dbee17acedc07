"""The first page: the questions of an assignment with what is left, and how two markers agree."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from autograder.gradebook.review_marks import read_seconds
from autograder.gradebook.review_tables import Connection
from autograder.review.pages import (
    Shell,
    answer_link,
    common,
    finished_count,
    first_link,
    question_link,
    render,
)
from autograder.review.second_marker import comparisons, points_of
from autograder.review.worklist import DIFFERING, OPEN, Session, Worklist

NOTES = {
    "draft": "in draft",
    "changed": "handed in again since",
    "conflict": "changed in formgrader",
    "disagree": "to resolve: two markers differ",
    "waits": "of yours for a second marker",
}
SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class QuestionRow:
    """A question in the overview. differing: the address of the first answer at which two markers
    differ. left_for_both, left_for_either: how many answers are left that both markers mark, and
    how many others. seconds: in all; median_seconds: of an answer, None without any."""

    worklist: Worklist
    link: str
    differing: str
    left_for_both: int
    left_for_either: int
    finished: int
    notes: dict[str, int]
    seconds: float
    median_seconds: float | None

    @property
    def open(self) -> int:
        return self.left_for_both + self.left_for_either

    @property
    def seconds_left(self) -> float:
        """As far as the time of an answer so far tells, 0 where it tells nothing."""
        return (self.median_seconds or 0.0) * self.open


def _row(session: Session, connection: Connection, worklist: Worklist) -> QuestionRow:
    times = read_seconds(connection, worklist.question.key)
    spent = [seconds for (_, marker), seconds in times.items() if marker == session.marker]
    states = [answer.state for answer in worklist.answers]
    left_for_both, left_for_either = worklist.open_counts()
    return QuestionRow(
        worklist=worklist,
        link=question_link(worklist),
        differing=first_link([worklist], DIFFERING),
        left_for_both=left_for_both,
        left_for_either=left_for_either,
        finished=finished_count(worklist),
        notes={state: states.count(state) for state in NOTES if state in states},
        seconds=sum(spent),
        median_seconds=median(spent) if spent else None,
    )


def duration(seconds: float) -> str:
    """'45 s', '3 min 05 s', '1 h 10 min'."""
    whole_seconds = round(seconds)
    if whole_seconds < SECONDS_A_MINUTE:
        return f"{whole_seconds} s"
    minutes, remaining_seconds = divmod(whole_seconds, SECONDS_A_MINUTE)
    if minutes < SECONDS_A_MINUTE:
        return f"{minutes} min {remaining_seconds:02} s"
    return f"{minutes // SECONDS_A_MINUTE} h {minutes % SECONDS_A_MINUTE:02} min"


def overview(
    session: Session, connection: Connection, worklists: list[Worklist], shell: Shell
) -> str:
    """The questions with what is left, the time they took, and how two markers agree."""
    rows = [_row(session, connection, worklist) for worklist in worklists]
    pairs = [comparison for worklist in worklists for comparison in comparisons(worklist)]
    differing = first_link(worklists, DIFFERING)
    return render(
        "overview.html",
        **common(session, shell),
        title=session.assignment.title or session.assignment.id,
        rows=rows,
        comparisons=pairs,
        duration=duration,
        points_of=points_of,
        answer_link=answer_link,
        open=sum(row.open for row in rows),
        unresolved=sum(row.notes.get("disagree", 0) for row in rows),
        waiting=sum(row.notes.get("waits", 0) for row in rows),
        notes=NOTES,
        first=first_link(worklists, OPEN),
        differing=differing,
    )
