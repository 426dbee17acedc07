"""The list of the answers to a question: points, items, comment and state of each, by number."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.gradebook.review_marks import ReviewMark
from autograder.reporting.html_page import number
from autograder.review.pages import Shell, answer_link, common, question_link, render
from autograder.review.score import score
from autograder.review.second_marker import points_of
from autograder.review.worklist import Answer, Session, Worklist

LONGEST_COMMENT = 60  # characters of it in the list


@dataclass(frozen=True)
class AnswerRow:
    """A line of the list. points: '' for none yet; items: what the items that apply say, each with
    its points; by: who marked it."""

    answer: Answer
    link: str
    points: str
    items: tuple[str, ...]
    comment: str
    by: str


def page(session: Session, worklists: list[Worklist], at: int, shell: Shell) -> str:
    """The list of the question worklists[at] as HTML."""
    worklist = worklists[at]
    in_order = sorted(worklist.answers, key=lambda answer: answer.number)
    return render(
        "list.html",
        **common(session, shell),
        title=worklist.question.title,
        worklists=worklists,
        at=at,
        worklist=worklist,
        question_link=question_link,
        rows=[_row(worklist, answer) for answer in in_order],
    )


def _row(worklist: Worklist, answer: Answer) -> AnswerRow:
    mark, first = answer.own_mark, answer.graded_cells[0]
    link = answer_link(worklist, answer)
    if mark is None or answer.state == "conflict":
        by = answer.both_markers if answer.state == "disagree" else ""
        return AnswerRow(
            answer, link, _points_so_far(worklist, answer), (), _start(first.manual_comment), by
        )
    result = score(worklist.rubric, mark.items, mark.adjustment, answer.out_of)
    items = tuple(_items(worklist, mark))
    return AnswerRow(
        answer, link, number(result.points), items, _start(mark.comment), mark.marked_by
    )


def _points_so_far(worklist: Worklist, answer: Answer) -> str:
    """What an answer without a mark of this marker has: from formgrader or the grader, or from each
    of two markers who differ."""
    if answer.state == "disagree":
        return " or ".join(number(result.points) for result in points_of(worklist, answer))
    first = answer.graded_cells[0]
    points = first.auto_score if first.manual_score is None else first.manual_score
    return "" if points is None or answer.state == "to mark" else number(points)


def _items(worklist: Worklist, mark: ReviewMark) -> list[str]:
    """'+2 names the cache' for each item that applies, and the adjustment behind them."""
    lines = [
        f"{_worth(item.points)} {item.text}"
        for item in worklist.rubric.items
        if item.id in mark.items
    ]
    return [*lines, f"{_worth(mark.adjustment)} adjusted"] if mark.adjustment else lines


def _worth(points: float) -> str:
    return f"{'+' if points >= 0 else '−'}{number(abs(points))}"


def _start(comment: str) -> str:
    """The first words of a comment in one line."""
    words = " ".join(comment.split())
    return words if len(words) <= LONGEST_COMMENT else f"{words[: LONGEST_COMMENT - 1].rstrip()}…"
