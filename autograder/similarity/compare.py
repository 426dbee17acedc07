"""Every question of an assignment, with the pairs of answers that stand out in the class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from autograder.model import Assignment, Course
from autograder.notebook.code_blocks import python_text
from autograder.similarity.answers import ClassAnswers, Question, class_answers
from autograder.similarity.fingerprints import (
    MAX_CHARACTERS,
    AnswerPrints,
    Prints,
    code_prints,
    prose_prints,
    stream_prints,
)
from autograder.similarity.indirect import indirect_words
from autograder.similarity.pairs import Answer, Pair, Ranking, ranking
from autograder.similarity.plain_code import parsed
from autograder.similarity.same_text import SameText, same_texts
from autograder.similarity.spans import Span
from autograder.similarity.uncalled import NOTHING, Names


@dataclass(frozen=True)
class Comparison:
    """A question and its pairs. blank: how many handed in nothing of their own. same_text: what a
    few handed in to the letter, which says something of answers that are too short for a pair.
    as_text: the pairs of which one answer at least is no Python, and was compared as a stream of
    signs. too_deep: the students whose code was, since its tree cannot be read. indirect: student
    -> the words by which their code, and not what was released, finds or runs code by a text.
    """

    question: Question
    ranking: Ranking
    blank: int
    same_text: tuple[SameText, ...] = ()
    as_text: tuple[Pair, ...] = ()
    too_deep: tuple[str, ...] = ()
    indirect: Mapping[str, Names] = field(default_factory=dict)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs that are shown, those that stand out first, the most telling ones before."""
        shown_pairs = (*self.ranking.pairs, *self.as_text)
        return tuple(sorted(shown_pairs, key=lambda pair: (not pair.stands_out, -pair.bits)))

    @property
    def marked(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.stands_out)


@dataclass(frozen=True)
class Similarity:
    """What was compared in an assignment. unread: sentences about notebooks that could not be."""

    assignment: Assignment
    comparisons: tuple[Comparison, ...]
    unread: tuple[str, ...]


def similarity(
    course: Course,
    assignment: Assignment,
    question: str = "",
    group_of: Callable[[str], str] = str,
) -> Similarity:
    """The pairs of every question of `assignment`, or of one.

    group_of: student -> a name that all members of one hand-in share; by default each is alone.
    """
    answers = class_answers(course, assignment, question)
    comparisons = tuple(_comparison(answers, q, group_of) for q in answers.texts)
    unread = (*answers.unread, *(line for c in comparisons for line in _remarks(c)))
    return Similarity(assignment, comparisons, unread)


def _remarks(comparison: Comparison) -> Iterator[str]:
    for student in comparison.too_deep:
        yield (
            f"{student}: the code of '{comparison.question.cell}' is nested too deeply, or has a "
            f"number of too many digits. It was compared as text."
        )
    for student, words in comparison.indirect.items():
        yield (
            f"{student}: the code of '{comparison.question.cell}' uses {', '.join(sorted(words))}, "
            f"and may find or run code by a text. What it finds or runs so was not compared, and "
            f"no function of the cell was left out."
        )


def _comparison(
    answers: ClassAnswers, question: Question, group_of: Callable[[str], str]
) -> Comparison:
    texts = answers.texts[question]
    written_texts = {student: text for student, text in texts.items() if text.strip()}
    blank = len(texts) - len(written_texts)
    read = (
        _code_reader(question, answers.asked_names[question]) if question.is_code else prose_prints
    )
    read_answers = {student: read(text) for student, text in written_texts.items()}
    written_answers = [
        _answer(s, written_texts[s], prints, group_of) for s, prints in read_answers.items()
    ]
    released_prints = given_prints(
        answers.given_code if question.is_code else answers.given_prose, read
    )
    indirect = {s: prints.indirect for s, prints in read_answers.items() if prints.indirect}
    shared_texts = same_texts(written_answers, question.released)
    kinds = {answer.kind for answer in written_answers}
    if "stream" not in kinds:
        return Comparison(
            question,
            ranking(written_answers, released_prints),
            blank,
            shared_texts,
            indirect=indirect,
        )
    trees = [answer for answer in written_answers if answer.kind != "stream"]
    as_text = tuple(_as_text(written_answers, answers.given_code))
    too_deep = tuple(student for student, prints in read_answers.items() if prints.too_deep)
    return Comparison(
        question, ranking(trees, released_prints), blank, shared_texts, as_text, too_deep, indirect
    )


def _answer(
    student: str, text: str, prints: AnswerPrints, group_of: Callable[[str], str]
) -> Answer:
    return Answer(student, text, prints.kind, prints.prints, group_of(student))


def _as_text(answers: Iterable[Answer], released_texts: Iterable[str]) -> Iterator[Pair]:
    """The pairs with an answer that is no Python: all answers are read as streams of signs, as it
    is, and those pairs are kept."""
    streams = [replace(a, kind="stream", prints=stream_prints(a.text)) for a in answers]
    broken = {a.student for a in answers if a.kind == "stream"}
    released = {"stream": _united(stream_prints(text) for text in released_texts)}
    for pair in ranking(streams, released).pairs:
        if {pair.one.student, pair.other.student} & broken:
            yield pair


def given_prints(texts: Iterable[str], read: Callable[[str], AnswerPrints]) -> dict[str, Prints]:
    """The fingerprints of what was released, by kind."""
    kinds: dict[str, list[Prints]] = {}
    for prints in map(read, texts):
        kinds.setdefault(prints.kind, []).append(prints.prints)
    return {kind: _united(prints_of_kind) for kind, prints_of_kind in kinds.items()}


def _united(all_prints: Iterable[Prints]) -> Prints:
    united: dict[int, frozenset[Span]] = {}
    for prints in all_prints:
        united |= prints
    return united


def _code_reader(question: Question, asked_names: Names) -> Callable[[str], AnswerPrints]:
    return partial(read_code, asked_names=asked_names, released_words=_indirect(question.released))


def read_code(text: str, asked_names: Names, released_words: Names = NOTHING) -> AnswerPrints:
    """The fingerprints of a cell; where IPython's lines keep it from parsing, without them.

    asked_names: as for `code_prints`; without effect where the cell finds or runs code by a text
    with another word than `released_words`.
    """
    text = text[:MAX_CHARACTERS]
    try:
        text = python_text(text) or text
    except (RecursionError, MemoryError):
        return replace(code_prints(text), too_deep=True)
    indirect = _indirect(text) - released_words
    return replace(code_prints(text, NOTHING if indirect else asked_names), indirect=indirect)


def _indirect(text: str) -> Names:
    try:
        return indirect_words(parsed(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return NOTHING


def marked_by_pair(result: Similarity) -> Mapping[tuple[str, str], list[str]]:
    """The questions at which two students stand out, by the pair of them."""
    questions: dict[tuple[str, str], list[str]] = {}
    for comparison in result.comparisons:
        for pair in comparison.marked:
            key = (pair.one.student, pair.other.student)
            questions.setdefault(key, []).append(comparison.question.cell)
    return questions
