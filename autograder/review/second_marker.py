"""A sample that two people mark independently, how far they agree, and what is left to resolve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograder.gradebook.review_marks import COUNTING, add_to_sample, write_mark
from autograder.gradebook.review_tables import Connection
from autograder.model import CourseError
from autograder.review.agreement import Agreement, Pair, agreement
from autograder.review.marking import find_answer, now_utc, settle
from autograder.review.order import sample_size, shuffled
from autograder.review.score import Score, score
from autograder.review.worklist import Answer, Session, Worklist, worklist_of


@dataclass(frozen=True)
class Comparison:
    """Two markers at one question. agreement: None as long as no answer has both marks. waiting:
    how many answers of the sample have fewer than two. hidden: how many have two that this marker
    does not see yet."""

    worklist: Worklist
    first: str
    second: str
    agreement: Agreement | None
    unresolved: tuple[Answer, ...]
    resolved: tuple[Answer, ...]
    waiting: int
    hidden: int


@dataclass(frozen=True)
class Drawn:
    """A sample of a question's answers: how many were asked for, and how many two people mark."""

    cell: str
    requested_size: int
    size: int


def draw(session: Session, connection: Connection, worklist: Worklist, wish: str) -> Drawn:
    """The sample from now on, the wish being a number or a share. An answer stays in a sample; one
    that has a mark or a draft already does not come into it."""
    size = sample_size(wish, len(worklist.answers))
    sample = [answer.student for answer in worklist.answers if answer.is_sampled]
    free = [a.student for a in worklist.answers if not a.is_sampled and a.state == "to mark"]
    order = shuffled(free, session.seed, *worklist.question.key, "sample")
    more = order[: max(0, size - len(sample))]
    add_to_sample(connection, worklist.question.key, more)
    return Drawn(worklist.question.key.cell, size, len(sample) + len(more))


def points_of(worklist: Worklist, answer: Answer) -> list[Score]:
    """What each of the independent marks of an answer comes to."""
    rubric, out_of = worklist.rubric, answer.out_of
    return [score(rubric, mark.items, mark.adjustment, out_of) for mark in answer.blind_marks]


def comparisons(worklist: Worklist) -> Iterator[Comparison]:
    """The two markers of each pair who marked answers of this question; one without names as
    long as nobody has."""
    sampled = [answer for answer in worklist.answers if answer.is_sampled]
    pairs: dict[tuple[str, str], list[Answer]] = {}
    hidden = sum(answer.is_blind for answer in sampled)
    for answer in (a for a in sampled if not a.is_blind):
        if len(answer.blind_marks) >= 2:
            first, second = (mark.marker for mark in answer.blind_marks[:2])
            pairs.setdefault((first, second), []).append(answer)
    waiting = sum(
        len(answer.blind_marks) < 2 and answer.counting_mark is None for answer in sampled
    )
    for (first, second), answers in sorted(pairs.items()):
        differing = [a for a in answers if not _is_equal(_pair(worklist, a))]
        yield Comparison(
            worklist,
            first,
            second,
            agreement([_pair(worklist, answer) for answer in answers]),
            tuple(a for a in differing if not is_decided(a)),
            tuple(a for a in differing if is_decided(a)),
            waiting,
            hidden,
        )
    if sampled and not pairs:
        yield Comparison(worklist, "", "", None, (), (), waiting, hidden)


def is_decided(answer: Answer) -> bool:
    return bool(answer.counting_mark and answer.counting_mark.done)


def is_resolved(worklist: Worklist, answer: Answer) -> bool:
    """Whether two people gave an answer different points, and one mark counts since."""
    has_two = answer.is_sampled and len(answer.blind_marks) >= 2
    return has_two and is_decided(answer) and not _is_equal(_pair(worklist, answer))


def _pair(worklist: Worklist, answer: Answer) -> Pair:
    first, second = points_of(worklist, answer)[:2]
    return first.points, second.points


def _is_equal(pair: Pair) -> bool:
    return pair[0] == pair[1]


def take_mark(
    session: Session,
    connection: Connection,
    notebook: str,
    cell: str,
    number: int,
    marker: str,
    fingerprint: str,
) -> Worklist:
    """Let the mark that one of the markers gave count. Also where the second never came."""
    worklist = worklist_of(session, connection, notebook, cell)
    answer = find_answer(worklist, number)
    chosen = next((mark for mark in answer.blind_marks if mark.marker == marker), None)
    if chosen is None or not answer.is_sampled:
        raise CourseError(f"'{marker}' has no finished mark of answer {number}.")
    if answer.is_blind:
        raise CourseError(
            f"Two people have marked answer {number} by now. Mark your other answers of the sample "
            f"first; then you see both marks."
        )
    if answer.counting_mark or answer.fingerprint != fingerprint:
        raise CourseError(
            f"Answer {number} was resolved or changed in formgrader meanwhile. Load the page again."
        )
    counting = replace(
        chosen,
        marker=COUNTING,
        marked_by=session.marker if session.marker == marker else f"{session.marker}, as {marker}",
        version=1,
        gradebook_entry={},
        marked_at=now_utc(),
    )
    write_mark(connection, worklist.question.key, counting)
    settle(session, connection, notebook, cell, answer.student)
    return worklist_of(session, connection, notebook, cell)
