"""A course with essays, a task and a test that waits for a person, graded but for what people do.

No sandbox is needed: the notebooks are as grading leaves them, recorded as grading records them.
"""

from __future__ import annotations

import copy
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gradebook_course import warm
from small_course import code, markdown, notebook, save

from autograder.gradebook import open_gradebook
from autograder.gradebook.connection import transaction
from autograder.gradebook.manual_marks import GradedCell, graded_cells
from autograder.gradebook.review_tables import make_review_tables
from autograder.model import Course
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.review.begin import begin
from autograder.review.marking import Draft, save_mark
from autograder.review.rubric_changes import add
from autograder.review.server import ReviewServer
from autograder.review.worklist import Answer, Session, Worklist, worklist_of
from autograder.sanitizing.sanitize import make_inert
from autograder.settings import nbgrader_strip
from autograder.settings.open_course import open_course

WHY, ESSAY, PLOT = ("words", "why"), ("words", "essay"), ("words", "plot")
STUDENTS = ("ada", "blaise", "carl", "dorothy", "emmy", "fermat", "grace", "hypatia", "ibn", "joan")
SCHEME = """\
Explain in your own words why a cache makes the second loop faster.

### BEGIN MARK SCHEME
2 points: the first loop leaves the data in the cache. 1 point: a cache line holds neighbours.
### END MARK SCHEME"""
REFERENCE_ANSWER = (
    "The second loop reads what the first has left in the cache, and neighbours come in one line."
)
TEXTS = (
    "The data is already in the **cache**, so the second loop does not wait for memory.",
    "Because the computer remembers the numbers. It learned them in the first loop.",
    "A cache line holds 64 bytes, that is 8 neighbours: $64 / 8 = 8$. One miss serves eight reads.",
    "It is faster because Python compiles the loop the second time.",
    "I do not know.",
)
INFO = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}


def source_notebook() -> Notebook:
    answer = {"grade": True, "solution": True, "points": 4}
    return notebook(
        markdown("title", "# Caches"),
        markdown("ask-why", "## Why is the second loop faster?\n\nTwo or three sentences."),
        markdown("why", REFERENCE_ANSWER, **answer),
        markdown("essay", SCHEME, task=True, locked=True, points=3),
        markdown("essay-answer", "*Write here.*"),
        code("plot-solution", "### BEGIN SOLUTION\ny = 1\n### END SOLUTION", solution=True),
        code("plot", "y / 2  # points", grade=True, locked=True, points=2),
    )


def write_course(root: Path, students: tuple[str, ...] = STUDENTS, db_url: str = "") -> Course:
    """The course with each student's hand-in graded."""
    save(root / "source" / "words" / "words.ipynb", source_notebook())
    config = "c = get_config()\nc.CourseDirectory.course_id = 'small'\n"
    named = f"c.CourseDirectory.db_url = {db_url!r}\n" if db_url else ""
    (root / "nbgrader_config.py").write_text(config + named)
    course = open_course(root)
    open_gradebook.register(course, course.assignments[0])
    for place, student in enumerate(students):
        text = TEXTS[place % len(TEXTS)]
        hand_in(course, student, text, f"{text} ({place})")
    return course


def copy_course(course: Course, root: Path) -> Course:
    """The same course at another place, which costs less than to write it again."""
    shutil.copytree(course.root, root)
    return open_course(root)


def hand_in(course: Course, student: str, why: str, essay: str, y: str = "y = 1") -> None:
    """Grade a student's answers, as often as it is called."""
    form = nbgrader_strip.graded_form(course, course.assignments[0], "words")
    answered_notebook = copy.deepcopy(form)
    by_name = {cell["id"]: cell for cell in answered_notebook["cells"]}
    by_name["why"]["source"], by_name["essay-answer"]["source"] = why, essay
    by_name["plot-solution"]["source"] = y
    if student == "ada":  # nothing that a test can be marked by
        by_name["plot"]["outputs"] = [{**INFO, "data": {"text/plain": "nan"}}]
    folder = course.autograded / student / "words"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.ipynb").write_text(cells.dump(make_inert(answered_notebook)), encoding="utf-8")
    open_gradebook.record(
        course, course.assignments[0], student, None, {"words": answered_notebook}
    )


def session(course: Course, marker: str = "anna", **more: Any) -> Session:
    """A marker at work, tables in place."""
    new_session = Session(course, course.assignments[0], marker, **more)
    list(begin(new_session))
    return new_session


def listed(at: Session, question: tuple[str, str] = WHY) -> Worklist:
    with transaction(at.course, writing=False) as connection:
        return worklist_of(at, connection, *question)


def answer_of(at: Session, student: str, question: tuple[str, str] = WHY) -> Answer:
    return next(a for a in listed(at, question).answers if a.student == student)


def give(
    at: Session,
    student: str,
    items: tuple[str, ...] = (),
    adjustment: float = 0.0,
    comment: str = "",
    is_finished: bool = True,
    question: tuple[str, str] = WHY,
    **more: Any,
) -> Answer:
    """Mark a student's answer as a page that is up to date would."""
    answer = answer_of(at, student, question)
    fingerprint = {
        "version": answer.own_mark.version if answer.own_mark else 0,
        "fingerprint": answer.fingerprint,
    }
    draft = Draft(
        frozenset(items),
        adjustment,
        comment,
        is_finished,
        **{**fingerprint, "is_bare": True, **more},
    )
    with transaction(at.course, writing=True) as connection:
        save_mark(at, connection, *question, answer.number, draft)
    return answer_of(at, student, question)


def add_item(at: Session, points: float, text: str, question: tuple[str, str] = WHY) -> str:
    key = listed(at, question).question.key
    with transaction(at.course, writing=True) as connection:
        return add(connection, key, points, text)


def stored(course: Course, question: tuple[str, str] = WHY) -> dict[str, GradedCell]:
    """What nbgrader's gradebook has of a question, by student."""
    make_review_tables(course)
    with transaction(course, writing=False) as connection:
        return {g.student: g for g in graded_cells(connection, "words", *question)}


def points(course: Course, question: tuple[str, str] = WHY) -> dict[str, float | None]:
    return {student: cell.manual_score for student, cell in stored(course, question).items()}


def in_formgrader(
    course: Course,
    student: str,
    points: float | None,
    comment: str | None = None,
    cell: str = "why",
) -> None:
    """What formgrader's handlers do when a person changes points and comment."""
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade(cell, "words", "words", student)
        grade.manual_score, grade.needs_manual_grade = points, points is None
        if comment is not None:
            book.find_comment(cell, "words", "words", student).manual_comment = comment
        book.db.commit()


def mark_each(course: Course, marker: str, students: tuple[str, ...]) -> None:
    """Two points to each of the students."""
    at = Session(course, course.assignments[0], marker)
    for student in students:
        give(at, student, (), 2, f"by {marker}")


def mark_at_once(course: Course, parts: dict[str, tuple[str, ...]]) -> list[int | None]:
    """A process for each marker, who marks those students: exit codes."""
    processes = warm()
    children = [processes.Process(target=mark_each, args=(course, *part)) for part in parts.items()]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]


def mark_and_tell(course: Course, sender: Connection) -> None:
    """Mark without end, and tell of each mark once it is kept. Runs in a process."""
    at = Session(course, course.assignments[0], "anna")
    for n in range(1, 1000):
        give(at, "ada", (), n / 1000, f"comment {n}")
        sender.send(n)


@contextmanager
def served(at: Session) -> Iterator[ReviewServer]:
    """The session's server in a thread of this process."""
    with ReviewServer(at) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(
    server: ReviewServer,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    **changed: str,
) -> tuple[HTTPResponse, str]:
    """A request as our page makes it; `headers` and `changed` (base, host) differ from it."""
    host = changed.get("host", server.hosts[0])
    page_headers = {
        "Host": host,
        "Content-Type": "application/json",
        "X-Review-Token": server.token,
    }
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    data = None if body is None else json.dumps(body)
    method = "GET" if body is None else "POST"
    connection.request(
        method, changed.get("base", server.base) + path, data, {**page_headers, **(headers or {})}
    )
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text
