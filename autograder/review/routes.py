"""An address and a body become an answer: pages for GET, small JSON for POST.

A POST that is answered with 200 is in the database: its transaction was committed before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from autograder.gradebook.connection import transaction
from autograder.gradebook.review_marks import add_seconds
from autograder.gradebook.review_tables import Connection, QuestionKey
from autograder.gradebook.rubrics import drop_comment, keep_comment
from autograder.model import CourseError
from autograder.review import answer_list, first_page, pages, rubric_changes
from autograder.review.marking import (
    LONGEST_ADJUSTMENT,
    LONGEST_COMMENT,
    Change,
    Draft,
    OvertakenError,
    Settlement,
    change_mark,
    find_answer,
    keep_gradebook,
    save_mark,
    take_back,
)
from autograder.review.pages import Shell
from autograder.review.second_marker import take_mark
from autograder.review.worklist import Session, Worklist, prepare, unnamed, worklist_of, worklists

LONGEST_STAY_S = 24 * 3600.0
MOST_DIGITS = 9  # of the number of an answer
MOST_NAMED = 20  # answers in one sentence
SCRIPTS = ("turning.js", "marking.js", "list.js")  # served as one, in this order
HTML, SCRIPT, JSON = "text/html", "text/javascript", "application/json"
Body = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """What goes back. location: of a redirect, '' for none; without the base."""

    status: int
    kind: str
    text: str
    location: str = ""


def get(session: Session, path: str, shell: Shell) -> Response:
    """The page at `path`, which begins with / and has no base in front."""
    if path == "/review.js":
        templates = files("autograder.review").joinpath("templates")
        scripts = (templates.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
        return Response(200, SCRIPT, "\n".join(scripts))
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts != [""] and (parts[0] != "q" or len(parts) not in (3, 4)):
        return _nothing_here(path)
    with transaction(session.course, writing=False) as connection:
        ready = not unnamed(session, connection)
    if not ready:
        with transaction(session.course, writing=True) as connection:
            prepare(session, connection)
    with transaction(session.course, writing=False) as connection:
        lists = worklists(session, connection)
        if parts == [""]:
            return Response(200, HTML, first_page.overview(session, connection, lists, shell))
        return _question(session, connection, lists, parts[1:], shell)


def _nothing_here(path: str) -> Response:
    return Response(404, "text/plain", f"There is no page {path}. Begin at the first address.")


def _question(
    session: Session,
    connection: Connection,
    lists: list[Worklist],
    names: list[str],
    shell: Shell,
) -> Response:
    keys = [(w.question.key.notebook, w.question.key.cell) for w in lists]
    if (names[0], names[1]) not in keys:
        return _nothing_here("/".join(names))
    at = keys.index((names[0], names[1]))
    worklist = lists[at]
    if len(names) == 2:
        first = worklist.next_open(0) or next(iter(worklist.answers), None)
        return Response(302, HTML, "", pages.answer_link(worklist, first) if first else "/")
    if names[2] == "list":
        return Response(200, HTML, answer_list.page(session, lists, at, shell))
    number = int(names[2]) if names[2].isdecimal() and len(names[2]) <= MOST_DIGITS else 0
    if worklist.find(number) is None:
        return _nothing_here("/".join(names))
    return Response(200, HTML, pages.answer_page(session, connection, lists, at, number, shell))


def post(session: Session, path: str, body: Body) -> Response:
    """Do what the page asks, all of it or nothing."""
    action = ACTIONS.get(path)
    if action is None:
        return _json(404, {"sentence": f"There is nothing to do at {path}."})
    try:
        with transaction(session.course, writing=True) as connection:
            return _json(200, action(session, connection, body))
    except OvertakenError as fault:
        worklist = _worklist(session, body)
        return _json(409, pages.overtaken_facts(worklist, fault.answer, fault.where))
    except CourseError as fault:
        return _json(400, {"sentence": str(fault)})


def _worklist(session: Session, body: Body) -> Worklist:
    with transaction(session.course, writing=False) as connection:
        return worklist_of(session, connection, _text(body, "notebook"), _text(body, "cell"))


def _json(status: int, content: Body) -> Response:
    return Response(status, JSON, json.dumps(content))


def _save(session: Session, connection: Connection, body: Body) -> Body:
    notebook, cell, number = _named(body)
    draft = Draft(
        items=frozenset(_texts(body, "items")),
        adjustment=_number(body, "adjustment", LONGEST_ADJUSTMENT),
        comment=_text(body, "comment", LONGEST_COMMENT),
        done=_flag(body, "done"),
        version=int(_number(body, "version", 1e9)),
        fingerprint=_text(body, "fingerprint"),
        seconds=_seconds(body),
        replaces=_flag(body, "replaces"),
        is_bare=_flag(body, "bare") if "bare" in body else False,
    )
    worklist = save_mark(session, connection, notebook, cell, number, draft)
    answer = find_answer(worklist, number)
    facts = pages.mark_facts(worklist, answer)
    if not draft.done:
        return facts
    searched_lists = [worklist] if worklist.next_open(number) else worklists(session, connection)
    sentence = pages.saved_sentence(session, worklist, answer, draft)
    return {**facts, "next": pages.next_link(searched_lists, worklist, answer), "said": sentence}


def _change(change: Change, session: Session, connection: Connection, body: Body) -> Body:
    version, fingerprint = int(_number(body, "version", 1e9)), _text(body, "fingerprint")
    worklist = change_mark(session, connection, *_named(body), version, fingerprint, change)
    return pages.mark_facts(worklist, find_answer(worklist, _named(body)[2]))


def _take(session: Session, connection: Connection, body: Body) -> Body:
    marker, fingerprint = _text(body, "marker"), _text(body, "fingerprint")
    worklist = take_mark(session, connection, *_named(body), marker, fingerprint)
    return pages.mark_facts(worklist, find_answer(worklist, _named(body)[2]))


def _time(session: Session, connection: Connection, body: Body) -> Body:
    notebook, cell, number = _named(body)
    worklist = worklist_of(session, connection, notebook, cell)
    answer = find_answer(worklist, number)
    key = worklist.question.key
    add_seconds(connection, key, answer.student, session.marker, _seconds(body))
    return {}


def _rubric(session: Session, connection: Connection, body: Body) -> Body:
    notebook, cell, number = _named(body)
    key = QuestionKey(session.assignment.id, notebook, cell)
    action, item = _text(body, "action"), _text(body, "id") if "id" in body else ""
    settled = Settlement((), ())
    if action == "add":
        rubric_changes.add(connection, key, *_item(body))
    elif action == "change":
        settled = rubric_changes.change(session, connection, key, item, *_item(body))
    elif action == "remove":
        settled = rubric_changes.remove(session, connection, key, item)
    elif action == "start":
        settled = rubric_changes.start_from(session, connection, key, _flag(body, "from_full"))
    else:
        raise CourseError(f"A rubric cannot be changed by '{action}'.")
    worklist = worklist_of(session, connection, notebook, cell)
    answer = find_answer(worklist, number)
    items = answer.own_mark.items if answer.own_mark else frozenset[str]()
    return {
        **pages.mark_facts(worklist, answer),
        "items_html": pages.items_part(worklist, items),
        "from_full": worklist.rubric.from_full,
        "report": _report(settled),
    }


def _report(settled: Settlement) -> str:
    """What became of the marks that use a rubric, '' where there is nothing to say."""
    sentences = []
    if settled.changed_numbers:
        n, named = len(settled.changed_numbers), _answers(settled.changed_numbers)
        sentences.append(f"Saved. {n} {'mark follows' if n == 1 else 'marks follow'}: {named}.")
    if settled.conflict_numbers:
        n, named = len(settled.conflict_numbers), _answers(settled.conflict_numbers)
        sentences.append(
            f"{n} {'mark stays: it was' if n == 1 else 'marks stay: they were'} changed in "
            f"formgrader ({named})."
        )
    return " ".join(sentences)


def _answers(numbers: Sequence[int]) -> str:
    """'answer 7', 'answers 2, 5 and 9'; of more than MOST_NAMED the first, and how many more."""
    shown_numbers = [str(number) for number in sorted(numbers)[:MOST_NAMED]]
    more = len(numbers) - len(shown_numbers)
    *first, last = [*shown_numbers, f"{more} more"] if more else shown_numbers
    words = f"{', '.join(first)} and {last}" if first else last
    return f"answer{'' if len(numbers) == 1 else 's'} {words}"


def _bank(session: Session, connection: Connection, body: Body) -> Body:
    if _text(body, "action") == "drop":
        drop_comment(connection, session.assignment.id, _text(body, "id"))
    else:
        words = _text(body, "text", LONGEST_COMMENT).strip()
        if not words:
            raise CourseError("There is no comment to keep.")
        keep_comment(connection, session.assignment.id, words)
    return {"html": pages.bank_part(connection, session)}


ACTIONS: dict[str, Callable[[Session, Connection, Body], Body]] = {
    "/mark": _save,
    "/keep": partial(_change, keep_gradebook),
    "/back": partial(_change, take_back),
    "/take": _take,
    "/time": _time,
    "/rubric": _rubric,
    "/bank": _bank,
}


def _named(body: Body) -> tuple[str, str, int]:
    """(notebook, cell, number of the answer)."""
    return _text(body, "notebook"), _text(body, "cell"), int(_number(body, "number", 1e9))


def _item(body: Body) -> tuple[float, str]:
    return _number(body, "points", 1e9), _text(body, "text", 10_000)


def _text(body: Body, name: str, longest: int = 500) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise CourseError(f"'{name}' has to be a text of at most {longest} characters.")
    return value.encode("utf-8", "replace").decode()


def _texts(body: Body, name: str) -> list[str]:
    values = body.get(name)
    if not isinstance(values, list) or len(values) > 1000:
        raise CourseError(f"'{name}' has to be a list.")
    return [_text({name: value}, name) for value in values]


def _number(body: Body, name: str, most: float) -> float:
    value = body.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most:
        return float(value)  # no comparison holds for NaN
    raise CourseError(f"'{name}' has to be a number of at most {most:g}.")


def _flag(body: Body, name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool):
        raise CourseError(f"'{name}' has to be true or false.")
    return value


def _seconds(body: Body) -> float:
    return min(max(0.0, _number(body, "seconds", 1e9)), LONGEST_STAY_S)
