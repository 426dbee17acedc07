"""What the browser shows: one answer beside its rubric, and what all pages have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from autograder.gradebook.review_marks import ReviewMark
from autograder.gradebook.review_tables import Connection
from autograder.gradebook.rubrics import read_bank
from autograder.reporting.html_page import number, renderer
from autograder.review.answers import answer_parts, inert_parts
from autograder.review.marking import Draft
from autograder.review.questions import Question
from autograder.review.score import Score, item_sum, score
from autograder.review.second_marker import is_resolved, points_of
from autograder.review.worklist import DIFFERING, OPEN, Answer, Session, Worklist
from autograder.sanitizing.sanitize import make_inert

STATES = {
    "to mark": "not marked yet",
    "draft": "draft",
    "marked": "marked",
    "waits": "marked by you; a second marker follows",
    "changed": "handed in again since it was marked",
    "conflict": "changed in formgrader",
    "elsewhere": "marked in formgrader",
    "automatic": "marked by the grader",
    "disagree": "two markers differ",
}
ELSEWHERE = (
    "Somebody changed this mark in formgrader or with another program (nbgrader does not note who)"
)
STEP = 0.5

render = renderer("autograder.review")


@dataclass(frozen=True)
class Shell:
    """What every page needs: the address that all others begin with, and the token for writes."""

    base: str
    token: str


def question_link(worklist: Worklist) -> str:
    """The address of a question, without the base."""
    key = worklist.question.key
    return f"/q/{quote(key.notebook, safe='')}/{quote(key.cell, safe='')}"


def answer_link(worklist: Worklist, answer: Answer) -> str:
    return f"{question_link(worklist)}/{answer.number}"


def first_link(lists: Iterable[Worklist], states: tuple[str, ...]) -> str:
    """The address of the first answer that is in one of the states, '' for none."""
    candidates = ((worklist, worklist.next_open(0, states)) for worklist in lists)
    return next((answer_link(worklist, answer) for worklist, answer in candidates if answer), "")


def who(session: Session, answer: Answer) -> str:
    """What an answer is called: a number, or with names whose it is."""
    if session.names:
        return ", ".join(cell.student for cell in answer.graded_cells)
    together = f" (a group of {len(answer.graded_cells)})" if len(answer.graded_cells) > 1 else ""
    return f"Answer {answer.number}{together}"


def finished_count(worklist: Worklist) -> int:
    """How many answers ask this marker for nothing: a mark that waits for the second counts too."""
    return sum(answer.state not in (*OPEN, *DIFFERING) for answer in worklist.answers)


def common(session: Session, shell: Shell) -> dict[str, Any]:
    """What the templates of all pages use."""
    return {
        "shell": shell,
        "session": session,
        "states": STATES,
        "who": lambda answer: who(session, answer),
        "when": when,
    }


def when(mark: ReviewMark) -> str:
    """The time of a mark as this machine's clock has it."""
    try:
        moment = datetime.fromisoformat(mark.marked_at).astimezone()
    except ValueError:
        return ""
    return f"{moment.day} {moment:%B, %H:%M}"


def starting_mark(worklist: Worklist, answer: Answer) -> tuple[frozenset[str], float, str]:
    """(items, adjustment, comment) with which the page begins: the mark so far; without one, what
    formgrader or the test gave."""
    if answer.own_mark:
        return answer.own_mark.items, answer.own_mark.adjustment, answer.own_mark.comment
    first, none = answer.graded_cells[0], frozenset[str]()
    points = first.manual_score
    points = first.auto_score if points is None else points
    if points is None:
        return none, 0.0, first.manual_comment
    start = item_sum(worklist.rubric, none, answer.out_of)
    return none, round(points - start, 6), first.manual_comment


def answer_page(
    session: Session, connection: Connection, worklists: list[Worklist], at: int, number_: int,
    shell: Shell,
) -> str:  # fmt: skip
    """One answer to the question worklists[at], with everything that it takes to mark it."""
    worklist = worklists[at]
    answer = worklist.find(number_)
    assert answer is not None
    question = worklist.question
    return render(
        "answer.html",
        **common(session, shell),
        **_place_facts(worklist, answer, shell),
        **_question_facts(question),
        **_own_mark_facts(worklist, answer),
        title=question.title,
        worklists=worklists,
        at=at,
        worklist=worklist,
        question_link=question_link,
        answer=answer,
        parts=answer_parts(session.course, session.assignment, answer.author, question),
        blind_marks=list(zip(answer.blind_marks, points_of(worklist, answer), strict=True)),
        texts={item.id: item.text for item in worklist.rubric.items},
        bank=read_bank(connection, session.assignment.id),
        step=STEP,
        onwards=shell.base + next_link(worklists, worklist, answer),
    )


def _place_facts(worklist: Worklist, answer: Answer, shell: Shell) -> dict[str, Any]:
    """Where an answer stands among those to its question."""
    place = worklist.answers.index(answer)
    return {
        "place": place + 1,
        "finished": finished_count(worklist),
        "previous": _neighbour(worklist, place - 1, shell),
        "following": _neighbour(worklist, place + 1, shell),
    }


def _question_facts(question: Question) -> dict[str, Any]:
    """What a marker reads of a question: its text, its mark scheme and the sample solution."""
    prompt = make_inert({"cells": list(question.prompt), "metadata": {}, "nbformat_minor": 5})
    return {
        "question": question,
        "prompt": list(inert_parts(prompt["cells"])),
        "scheme": _text_parts(question.scheme),
        "sample": list(inert_parts([question.sample])) if question.sample else [],
    }


def _own_mark_facts(worklist: Worklist, answer: Answer) -> dict[str, Any]:
    """The mark with which the page begins, and what formgrader had when it was kept."""
    items, adjustment, comment = starting_mark(worklist, answer)
    mark = answer.own_mark
    return {
        "items": items,
        "adjustment": adjustment,
        "comment": comment,
        "score": score(worklist.rubric, items, adjustment, answer.out_of),
        "is_done": _is_done(answer),
        "is_bare": bool(mark and mark.answer_sha256),
        "old": mark.gradebook_entry.get(answer.student) if mark else None,
    }


def _is_done(answer: Answer) -> bool:
    return bool(answer.own_mark and answer.own_mark.done and not answer.is_changed)


def _text_parts(text: str) -> list[Any]:
    return list(
        inert_parts([{"cell_type": "markdown", "metadata": {}, "source": text}] if text else [])
    )


def _neighbour(worklist: Worklist, place: int, shell: Shell) -> str:
    if 0 <= place < len(worklist.answers):
        return shell.base + answer_link(worklist, worklist.answers[place])
    return ""


def next_link(worklists: Iterable[Worklist], worklist: Worklist, answer: Answer) -> str:
    """Where a marker goes from an answer: the next one that asks for something, here or in a later
    question; after one that was resolved the next to resolve; else the overview."""
    lists = list(worklists)
    keys = [candidate.question.key for candidate in lists]
    at = keys.index(worklist.question.key)
    later = (*lists[at + 1 :], *lists[:at])
    for states in (OPEN, DIFFERING) if is_resolved(worklist, answer) else (OPEN,):
        here = worklist.next_open(answer.number, states)
        link = answer_link(worklist, here) if here else first_link(later, states)
        if link:
            return link
    return "/"


def items_part(worklist: Worklist, items: frozenset[str]) -> str:
    """The list of the rubric's items as HTML."""
    return render("items.html", rubric=worklist.rubric, items=items)


def bank_part(connection: Connection, session: Session) -> str:
    """The list of kept comments as HTML."""
    return render("bank.html", bank=read_bank(connection, session.assignment.id))


def mark_facts(worklist: Worklist, answer: Answer) -> dict[str, Any]:
    """What a page shows of a mark that was kept."""
    items, adjustment, _ = starting_mark(worklist, answer)
    result: Score = score(worklist.rubric, items, adjustment, answer.out_of)
    return {
        "version": answer.own_mark.version if answer.own_mark else 0,
        "fingerprint": answer.fingerprint,
        "points": number(result.points),
        "sentence": result.sentence,
        "state": answer.state,
        "words": STATES[answer.state],
        "done": _is_done(answer),
        "finished": finished_count(worklist),
        "answers": len(worklist.answers),
    }


def saved_sentence(session: Session, worklist: Worklist, answer: Answer, draft: Draft) -> str:
    """'Answer 7: 2.5 of 3.', with why it is not the sum of the items where it is not."""
    result = score(worklist.rubric, draft.items, draft.adjustment, answer.out_of)
    points = f"{who(session, answer)}: {number(result.points)} of {number(answer.out_of)}."
    return f"{points} {result.sentence}".rstrip()


def overtaken_facts(worklist: Worklist, answer: Answer, where: str) -> dict[str, Any]:
    """What stands in place of the mark that a page wanted to keep."""
    first = answer.graded_cells[0]
    mark = answer.own_mark
    if where == "review" and mark:
        result = score(worklist.rubric, mark.items, mark.adjustment, answer.out_of)
        points, comment = number(result.points), mark.comment
        by = f"{mark.marked_by} changed this mark on {when(mark)}"
    else:
        by = ELSEWHERE
        points = "none" if first.manual_score is None else number(first.manual_score)
        comment = first.manual_comment
    return {
        "overtaken": where,
        "by": by,
        "points": points,
        "comment": comment,
        "version": answer.own_mark.version if answer.own_mark else 0,
        "fingerprint": answer.fingerprint,
        "adoptable": bool(where == "gradebook" and answer.counting_mark),
    }
