"""Every answer to a question in the order of one marker, with what was given for it so far."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.files import sha256
from autograder.gradebook.manual_marks import GradedCell, graded_cells
from autograder.gradebook.review_marks import (
    COUNTING,
    GradebookEntry,
    ReviewMark,
    add_aliases,
    marked_cells,
    read_aliases,
    read_marks,
    read_sample,
)
from autograder.gradebook.review_tables import Connection
from autograder.gradebook.rubrics import Rubric, read_rubric
from autograder.model import Assignment, Course, CourseError
from autograder.review.answers import checksums, notebook_path
from autograder.review.order import shuffled
from autograder.review.questions import Place, Question, questions
from autograder.roster.groups import group_finder, hand_ins

OPEN = ("to mark", "draft", "changed", "conflict")
DIFFERING = ("disagree",)
ABSENT = "absent"  # in place of a checksum, where the graded notebook lacks the answer


@dataclass(frozen=True)
class Session:
    """One marker at work on one assignment. seed: of the order. names: students are shown by id."""

    course: Course
    assignment: Assignment
    marker: str
    seed: int = 1
    names: bool = False


@dataclass(frozen=True)
class Answer:
    """One hand-in's answer to a question, as `marker` sees it.

    graded_cells: the gradebook's, of each student who handed it in, first that of `student`.
    author: the one of them whose notebook is shown. number: its alias. sha256: of the answer now,
    or ABSENT. is_sampled: two people mark it. marks: what was given for it, by marker. is_blind:
    the marker has not marked the whole sample yet, and sees nothing of what the other one gave.
    """

    marker: str
    student: str
    author: str
    number: int
    graded_cells: tuple[GradedCell, ...]
    sha256: str
    is_sampled: bool
    marks: dict[str, ReviewMark]
    is_blind: bool = False

    @property
    def out_of(self) -> float:
        return self.graded_cells[0].out_of

    @property
    def counting_mark(self) -> ReviewMark | None:
        return self.marks.get(COUNTING)

    @cached_property
    def blind_marks(self) -> list[ReviewMark]:
        """The finished marks of the two people who mark it independently, by name."""
        finished = [m for m in self.marks.values() if m.marker != COUNTING and m.done]
        return sorted(finished, key=lambda mark: mark.marker)

    @property
    def own_marker(self) -> str:
        """Under which name this marker's work on it is kept: its own while it is marked blindly."""
        is_settled = self.counting_mark is not None or len(self.blind_marks) >= 2
        is_own = self.is_blind or (self.is_sampled and not is_settled)
        return self.marker if is_own else COUNTING

    @property
    def both_markers(self) -> str:
        """The two people who mark it, 'anna and ben'."""
        return " and ".join(mark.marker for mark in self.blind_marks[:2])

    @property
    def is_agreed(self) -> bool:
        """Whether the mark that counts is there since two people gave the same points."""
        mark, has_two = self.counting_mark, len(self.blind_marks) >= 2
        return bool(has_two and mark and mark.done and mark.marked_by == self.both_markers)

    @property
    def own_mark(self) -> ReviewMark | None:
        return self.marks.get(self.own_marker)

    @property
    def gradebook_entry(self) -> GradebookEntry:
        """What the gradebook has from people now: student -> points and comment."""
        return {
            cell.student: (cell.manual_score, cell.manual_comment) for cell in self.graded_cells
        }

    @property
    def fingerprint(self) -> str:
        """A short checksum of it, by which a page says what it was made from."""
        return sha256(json.dumps(self.gradebook_entry, sort_keys=True).encode())[:16]

    @property
    def is_conflict(self) -> bool:
        """Whether the gradebook has something else than the mark that counts left there."""
        mark = self.counting_mark
        return bool(mark and mark.gradebook_entry and mark.gradebook_entry != self.gradebook_entry)

    @property
    def is_changed(self) -> bool:
        """Whether it was handed in again, with another text, after it was marked."""
        mark = self.own_mark
        return bool(mark and mark.answer_sha256 and mark.answer_sha256 != self.sha256)

    @property
    def state(self) -> str:
        """'to mark', 'draft', 'changed' and 'conflict' ask this marker for something; 'disagree'
        asks two; 'waits' is for the second marker; 'elsewhere' was marked in formgrader, and
        'automatic' by the grader, since nothing was written."""
        if self.is_conflict:
            return "conflict"
        if self.is_changed:
            return "changed"
        if self.own_mark is None:
            return self._state_without_mark()
        if not self.own_mark.done:
            return "draft"
        return "marked" if self.own_marker == COUNTING else "waits"

    def _state_without_mark(self) -> str:
        if len(self.blind_marks) >= 2:
            return "disagree"
        first = self.graded_cells[0]
        if first.needs_manual or (first.manual_score is None and first.auto_score is None):
            return "to mark"
        return "automatic" if first.manual_score is None else "elsewhere"


@dataclass(frozen=True)
class Worklist:
    """A question with its rubric and answers, in the marker's order."""

    question: Question
    rubric: Rubric
    answers: tuple[Answer, ...]

    def find(self, number: int) -> Answer | None:
        return next((answer for answer in self.answers if answer.number == number), None)

    def next_open(self, number: int, states: tuple[str, ...] = OPEN) -> Answer | None:
        """The next answer after `number` that asks this marker for something (is in one of the
        states), from the top again after the last."""
        numbers = [answer.number for answer in self.answers]
        at = numbers.index(number) + 1 if number in numbers else 0
        turned = (*self.answers[at:], *self.answers[:at])
        return next((a for a in turned if a.state in states and a.number != number), None)

    def open_counts(self) -> tuple[int, int]:
        """How many answers this marker has to mark that both markers mark, and how many others."""
        left = [answer for answer in self.answers if answer.state in OPEN]
        left_for_both = sum(answer.is_sampled for answer in left)
        return left_for_both, len(left) - left_for_both


def unnamed(session: Session, connection: Connection) -> set[str]:
    """The students with a hand-in that has no alias yet."""
    graded = graded_cells(connection, session.assignment.id)
    return {cell.student for cell in graded} - set(read_aliases(connection, session.assignment.id))


def prepare(session: Session, connection: Connection) -> None:
    """Give every hand-in that has none yet its alias, in shuffled order."""
    students = shuffled(unnamed(session, connection), session.seed, session.assignment.id)
    add_aliases(connection, session.assignment.id, students)


def worklists(session: Session, connection: Connection) -> list[Worklist]:
    """Every question that a person marks or has marked, with its answers."""
    graded = graded_cells(connection, session.assignment.id)
    names = {(g.notebook, g.cell) for g in graded if g.is_written or g.needs_manual}
    names |= marked_cells(connection, session.assignment.id)
    result = questions(session.course, session.assignment, names)
    places = tuple(question.place for question in result)
    return [_worklist(session, connection, question, graded, places) for question in result]


def worklist_of(session: Session, connection: Connection, notebook: str, cell: str) -> Worklist:
    """The question of one graded cell. Raises CourseError where no person marks it."""
    graded = graded_cells(connection, session.assignment.id, notebook, cell)
    for question in questions(session.course, session.assignment, {(notebook, cell)}):
        return _worklist(session, connection, question, graded, (question.place,))
    raise CourseError(
        f"'{session.assignment.id}' has no question '{cell}' in notebook '{notebook}' any more: "
        f"its notebook was changed. Load the page again."
    )


def _worklist(
    session: Session,
    connection: Connection,
    question: Question,
    graded: list[GradedCell],
    places: tuple[Place, ...],
) -> Worklist:
    key = question.key
    cell_of = {g.student: g for g in graded if (g.notebook, g.cell) == (key.notebook, key.cell)}
    marks: dict[str, dict[str, ReviewMark]] = {}
    for mark in read_marks(connection, key):
        marks.setdefault(mark.student, {})[mark.marker] = mark
    sample = read_sample(connection, key)
    aliases = read_aliases(connection, session.assignment.id)
    answers: dict[str, Answer] = {}
    group_of = group_finder(session.course, session.assignment)
    for student, group in hand_ins(cell_of, group_of):
        author = _author(session, question, group)
        sums = checksums(session.course, session.assignment, author, places)
        checksum = sums.get(question.place)
        if student in aliases and (student in marks or _asks(cell_of[student], checksum)):
            answers[student] = Answer(
                session.marker,
                student,
                author,
                aliases[student],
                tuple(cell_of[member] for member in group),
                checksum or ABSENT,
                student in sample,
                marks.get(student, {}),
            )
    salt = (session.seed, *key, session.marker)
    in_order = [answers[student] for student in shuffled(answers, *salt)]
    in_order.sort(key=lambda answer: not answer.is_sampled)  # what two people mark comes first
    return Worklist(question, read_rubric(connection, key), tuple(_blind(in_order)))


def _blind(answers: list[Answer]) -> list[Answer]:
    """The answers without what the other marker gave, as long as this one marks the sample."""
    if not any(a.is_sampled and a.own_marker and a.state in OPEN for a in answers):
        return answers
    return [replace(a, is_blind=True) if _hides_other(a) else a for a in answers]


def _hides_other(answer: Answer) -> bool:
    """Whether this marker and another one marked it, and nobody has decided on it since."""
    mark = answer.counting_mark
    is_undecided = mark is None or not mark.done or answer.is_agreed
    markers = [blind_mark.marker for blind_mark in answer.blind_marks[:2]]
    has_both = len(markers) == 2 and answer.marker in markers
    return answer.is_sampled and has_both and is_undecided and not answer.is_conflict


def _author(session: Session, question: Question, group: tuple[str, ...]) -> str:
    """The first of those who handed in together in whose name a graded notebook stands."""
    if len(group) == 1:
        return group[0]
    name = question.key.notebook
    paths = {m: notebook_path(session.course, session.assignment, m, name) for m in group}
    return next((member for member, path in paths.items() if path.is_file()), group[0])


def _asks(cell: GradedCell, checksum: str | None) -> bool:
    """Whether a person looks at it: a written answer that is there, or whatever waits."""
    return cell.needs_manual or (cell.is_written and checksum is not None)
