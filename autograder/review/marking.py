"""A mark is kept, and lands in nbgrader's gradebook; nothing that somebody else gave is lost.

A page says what it was made from: the version of the mark, and a checksum of what the gradebook
had. Where either is another by now, nothing is written and the person is shown both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from autograder.gradebook.manual_marks import write_manual
from autograder.gradebook.review_marks import (
    COUNTING,
    FORMGRADER,
    GradebookEntry,
    ReviewMark,
    add_seconds,
    remove_mark,
    write_mark,
)
from autograder.gradebook.review_tables import Connection
from autograder.model import CourseError
from autograder.reporting.html_page import number as number_words
from autograder.review.score import item_sum, score
from autograder.review.worklist import Answer, Session, Worklist, worklist_of

LONGEST_COMMENT = 20_000
LONGEST_ADJUSTMENT = 1e6
Change = Callable[[Connection, Worklist, Answer], None]  # of the mark of an answer


@dataclass(frozen=True)
class Draft:
    """What a marker wants to be kept. done: it is no draft. version, fingerprint: what the page was
    made from. seconds: since the last time that something was kept. replaces: the marker knows what
    formgrader has instead, and wants this to stand. is_bare: no item, adjustment or comment is
    meant, but the points with which the rubric begins."""

    items: frozenset[str]
    adjustment: float
    comment: str
    done: bool
    version: int
    fingerprint: str
    seconds: float = 0.0
    replaces: bool = False
    is_bare: bool = False


@dataclass(frozen=True)
class Settlement:
    """What became of the marks of a question: numbers of the answers whose marks were brought in
    line, and of those that stay as they are since somebody changed them in formgrader."""

    changed_numbers: tuple[int, ...]
    conflict_numbers: tuple[int, ...]


class OvertakenError(Exception):
    """Somebody else changed the mark after the page was made; `answer` is how it stands now."""

    def __init__(self, answer: Answer, where: str):
        super().__init__(where)
        self.answer, self.where = answer, where


def find_answer(worklist: Worklist, number: int) -> Answer:
    """The answer of that number, or a CourseError."""
    answer = worklist.find(number)
    if answer is None:
        raise CourseError(
            f"Question '{worklist.question.key.cell}' has no answer {number} any more. "
            f"Load the page again."
        )
    return answer


def save_mark(
    session: Session, connection: Connection, notebook: str, cell: str, number: int, draft: Draft
) -> Worklist:
    """Keep the draft as this marker's mark of the answer; the question as it stands then.

    Raises OvertakenError, with nothing written, where the page was made from older marks. Where
    nothing was chosen, a draft of an answer without one is not written, and a mark is refused with
    a CourseError, unless the draft is bare on purpose.
    """
    worklist = worklist_of(session, connection, notebook, cell)
    answer = find_answer(worklist, number)
    _check_up_to_date(answer, draft.version, draft.fingerprint)
    if not (draft.is_bare or _chose_something(worklist, draft)):
        if draft.done:
            raise CourseError(_nothing_chosen(worklist, answer))
        if answer.own_mark is None:
            return worklist
    if answer.is_conflict and not draft.replaces:
        raise OvertakenError(answer, "gradebook")
    earlier = answer.own_mark
    mark = ReviewMark(
        student=answer.student,
        marker=answer.own_marker,
        marked_by=session.marker,
        items=draft.items & worklist.rubric.ids(),
        adjustment=draft.adjustment,
        comment=draft.comment.strip(),
        done=draft.done,
        version=(earlier.version if earlier else 0) + 1,
        answer_sha256=answer.sha256 if draft.done else (earlier.answer_sha256 if earlier else ""),
        gradebook_entry=earlier.gradebook_entry if earlier else {},
        marked_at=now_utc(),
    )
    key = worklist.question.key
    write_mark(connection, key, mark)
    if answer.is_blind:
        _drop_agreement(connection, worklist, answer)
    add_seconds(connection, key, answer.student, session.marker, draft.seconds)
    settle(session, connection, notebook, cell, answer.student)
    return worklist_of(session, connection, notebook, cell)


def _chose_something(worklist: Worklist, draft: Draft) -> bool:
    items = draft.items & worklist.rubric.ids()
    return bool(items or draft.adjustment or draft.comment.strip())


def _nothing_chosen(worklist: Worklist, answer: Answer) -> str:
    """What a marker is told who saves an answer for which nothing was chosen."""
    full = f", f gives {number_words(answer.out_of)}" if worklist.rubric.from_full else ""
    return f"Not saved: nothing was chosen for this answer. z gives 0 points{full}."


def _drop_agreement(connection: Connection, worklist: Worklist, answer: Answer) -> None:
    """Have nothing in the gradebook of two equal marks of which one is another by now."""
    if answer.is_agreed:
        remove_mark(connection, worklist.question.key, answer.student, COUNTING)
        _clear(connection, answer)


def _clear(connection: Connection, answer: Answer) -> None:
    for graded in answer.graded_cells:
        needs = graded.auto_score is None or graded.is_written
        write_manual(connection, graded, None, "", needs)


def now_utc() -> str:
    """The time of a mark that is given now."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _check_up_to_date(answer: Answer, version: int, fingerprint: str) -> None:
    if (answer.own_mark.version if answer.own_mark else 0) != version:
        raise OvertakenError(answer, "review")
    if answer.fingerprint != fingerprint:
        raise OvertakenError(answer, "gradebook")


def settle(
    session: Session, connection: Connection, notebook: str, cell: str, checked: str = ""
) -> Settlement:
    """Bring the gradebook in line with every mark that counts.

    What somebody changed in formgrader stays, but for the student `checked`, whose page was made
    from what the gradebook has now.
    """
    worklist = worklist_of(session, connection, notebook, cell)
    changed, conflicts = [], []
    for answer in worklist.answers:
        mark = answer.counting_mark or _agreed(worklist, answer)
        if mark is None or not mark.done:
            continue
        if answer.student != checked and _is_others(answer, mark, worklist):
            conflicts.append(answer.number)
        elif _land(connection, worklist, answer, mark) and not answer.is_blind:
            changed.append(answer.number)  # of others the marker learns nothing yet
    return Settlement(tuple(changed), tuple(conflicts))


def _is_others(answer: Answer, mark: ReviewMark, worklist: Worklist) -> bool:
    """Whether what the gradebook has from people is not what this mark left there."""
    if mark.gradebook_entry:
        return mark.gradebook_entry != answer.gradebook_entry
    target = _target(worklist, answer, mark)
    empty = dict.fromkeys(target, (None, ""))
    return answer.gradebook_entry not in (empty, target)


def _target(worklist: Worklist, answer: Answer, mark: ReviewMark) -> GradebookEntry:
    points = score(worklist.rubric, mark.items, mark.adjustment, answer.out_of).points
    return {cell.student: (points, mark.comment) for cell in answer.graded_cells}


def _agreed(worklist: Worklist, answer: Answer) -> ReviewMark | None:
    """The mark that counts where two people gave the same points: the first one's items, the
    comments of both."""
    if not answer.is_sampled or len(answer.blind_marks) < 2:
        return None
    first, second = answer.blind_marks[:2]
    points = [score(worklist.rubric, m.items, m.adjustment, answer.out_of) for m in (first, second)]
    if points[0].points != points[1].points:
        return None
    comments = dict.fromkeys(mark.comment for mark in (first, second) if mark.comment)
    return replace(
        first,
        marker=COUNTING,
        marked_by=answer.both_markers,
        comment="\n\n".join(comments),
        version=0,
        gradebook_entry={},
    )


def _land(connection: Connection, worklist: Worklist, answer: Answer, mark: ReviewMark) -> bool:
    """Whether the gradebook had something else than this mark, which is in it now."""
    target = _target(worklist, answer, mark)
    changed = False
    for cell in answer.graded_cells:
        points, comment = target[cell.student]
        needs = cell.needs_manual and mark.answer_sha256 != answer.sha256
        before = (cell.manual_score, cell.manual_comment, cell.needs_manual)
        if before != (points, comment, needs):
            write_manual(connection, cell, points, comment, needs)
            changed = True
    if mark.gradebook_entry != target or answer.counting_mark is None:
        version = mark.version + (answer.counting_mark is None)
        current = replace(mark, gradebook_entry=target, version=version)
        write_mark(connection, worklist.question.key, current)
    return changed


def settle_all(session: Session, connection: Connection, worklists: Iterable[Worklist]) -> int:
    """Bring the gradebook in line for every question: how many marks it had otherwise.

    Grading again asks for a person at every mark that a person gave. Where the answer is the one
    that was marked, the mark stands and nobody is asked again.
    """
    return sum(
        len(settle(session, connection, key.notebook, key.cell).changed_numbers)
        for key in (worklist.question.key for worklist in worklists)
    )


def change_mark(
    session: Session,
    connection: Connection,
    notebook: str,
    cell: str,
    number: int,
    version: int,
    fingerprint: str,
    change: Change,
) -> Worklist:
    """The question as it stands once `change` (`keep_gradebook`, `take_back`) is made to the mark
    of an answer. version, fingerprint: what the page was made from.

    Raises OvertakenError, with nothing written, where the page was made from older marks.
    """
    worklist = worklist_of(session, connection, notebook, cell)
    answer = find_answer(worklist, number)
    _check_up_to_date(answer, version, fingerprint)
    change(connection, worklist, answer)
    return worklist_of(session, connection, notebook, cell)


def keep_gradebook(
    connection: Connection, worklist: Worklist, answer: Answer, by: str = FORMGRADER
) -> None:
    """Take over what the gradebook has: the same items, with an adjustment that comes to its
    points. by: who is named as the one who gave them.

    Where it has no points any more, the mark becomes a draft.
    """
    mark, first = answer.counting_mark, answer.graded_cells[0]
    if mark is None:
        raise CourseError("This answer has no mark yet. Load the page again.")
    points = first.manual_score
    items = item_sum(worklist.rubric, mark.items, answer.out_of)
    new_mark = replace(
        mark,
        marked_by=by,
        adjustment=mark.adjustment if points is None else round(points - items, 6),
        comment=first.manual_comment,
        done=points is not None,
        version=mark.version + 1,
        gradebook_entry={} if points is None else answer.gradebook_entry,
        answer_sha256=mark.answer_sha256 if points is not None else "",
        marked_at=now_utc(),
    )
    write_mark(connection, worklist.question.key, new_mark)


def take_back(connection: Connection, worklist: Worklist, answer: Answer) -> None:
    """Make a finished mark a draft again; the gradebook has no points of a person then."""
    mark = answer.own_mark
    if mark is None or not mark.done:
        raise CourseError("This answer has no finished mark that could be taken back.")
    back = replace(mark, done=False, version=mark.version + 1, gradebook_entry={}, answer_sha256="")
    write_mark(connection, worklist.question.key, back)
    if mark.marker == COUNTING:
        _clear(connection, answer)
    elif answer.is_blind:
        _drop_agreement(connection, worklist, answer)
