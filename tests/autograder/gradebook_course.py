"""A course whose gradebook has every kind of cell, notebooks as if executed, and all its rows."""

from __future__ import annotations

import copy
import multiprocessing
import os
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import numpy as np
from small_course import code, markdown, notebook, save, source_notebook
from sqlalchemy import text

from autograder.gradebook import open_gradebook, read_marks
from autograder.model import Course
from autograder.notebook.cells import Notebook, is_test
from autograder.settings import nbgrader_strip
from autograder.settings.open_course import open_course

ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "no", "traceback": []}
RIGHT: list[dict[str, Any]] = [{"output_type": "stream", "name": "stdout", "text": "fine\n"}]
STORED = {
    "student": "SELECT id, first_name, last_name, email, lms_user_id FROM student",
    "submission": """
        SELECT a.name, s.student_id, s.timestamp, s.extension, n.name AS notebook, p.flagged,
               p.late_submission_penalty
        FROM submitted_assignment s JOIN assignment a ON a.id = s.assignment_id
        LEFT JOIN submitted_notebook p ON p.assignment_id = s.id
        LEFT JOIN notebook n ON n.id = p.notebook_id""",
    "grade": """
        SELECT s.student_id, n.name AS notebook, c.name, c.type, g.auto_score, g.manual_score,
               g.extra_credit, g.needs_manual_grade
        FROM grade g LEFT JOIN base_cell c ON c.id = g.cell_id
        LEFT JOIN submitted_notebook p ON p.id = g.notebook_id
        LEFT JOIN notebook n ON n.id = p.notebook_id
        LEFT JOIN submitted_assignment s ON s.id = p.assignment_id""",
    "comment": """
        SELECT s.student_id, n.name AS notebook, c.name, c.type, m.auto_comment, m.manual_comment
        FROM comment m LEFT JOIN base_cell c ON c.id = m.cell_id
        LEFT JOIN submitted_notebook p ON p.id = m.notebook_id
        LEFT JOIN notebook n ON n.id = p.notebook_id
        LEFT JOIN submitted_assignment s ON s.id = p.assignment_id""",
}
REGISTERED = {
    "assignment": "SELECT name, duedate FROM assignment",
    "notebook": "SELECT name, kernelspec FROM notebook",
    "cell": """
        SELECT n.name AS notebook, c.name, c.type, g.max_score, g.cell_type, t.max_score AS worth,
               t.cell_type AS kind, solution_cells.id IS NOT NULL AS written
        FROM base_cell c JOIN notebook n ON n.id = c.notebook_id
        LEFT JOIN grade_cells g ON g.id = c.id LEFT JOIN task_cells t ON t.id = c.id
        LEFT JOIN solution_cells ON solution_cells.id = c.id""",
    "source": """
        SELECT n.name AS notebook, c.name, c.cell_type, c.locked, c.source, c.checksum
        FROM source_cell c JOIN notebook n ON n.id = c.notebook_id""",
}
Rows = dict[str, list[tuple[Any, ...]]]


def written_notebook() -> Notebook:
    """Partial credit, an answer that a person marks, and a locked cell."""
    answer = {"grade": True, "solution": True, "points": 4}
    return notebook(
        markdown("read-me", "Only read this.", locked=True),
        code("part-solution", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", solution=True),
        code("part", "x / 2", grade=True, locked=True, points=1.5),
        code("plot", "# your plot\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION", **answer),
        markdown("why", "Why? 为什么?", **answer),
    )


def write_course(root: Path, db_url: str = "") -> Course:
    """One assignment `functions` of two notebooks; `db_url` goes into nbgrader_config.py."""
    save(root / "source" / "functions" / "functions.ipynb", source_notebook())
    save(root / "source" / "functions" / "written.ipynb", written_notebook())
    config = "c = get_config()\nc.CourseDirectory.course_id = 'small'\n"
    named = f"c.CourseDirectory.db_url = {db_url!r}\n" if db_url else ""
    (root / "nbgrader_config.py").write_text(config + named)
    return open_course(root)


def forms(course: Course) -> dict[str, Notebook]:
    """The graded forms of the assignment's notebooks."""
    work = course.assignments[0]
    return {name: nbgrader_strip.graded_form(course, work, name) for name in work.notebooks}


def executed(forms: dict[str, Notebook], rng: np.random.Generator) -> dict[str, Notebook]:
    """The notebooks as some student's run leaves them."""
    notebooks = copy.deepcopy(forms)
    for cell in (cell for book in notebooks.values() for cell in book["cells"]):
        if is_test(cell):
            cell["outputs"] = _outputs(rng)
        elif rng.random() < 0.6:
            cell["source"] += "\n# an answer"
    return notebooks


def _outputs(rng: np.random.Generator) -> list[dict[str, Any]]:
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    partly = {**result, "data": {"text/plain": str(rng.choice(["0.5", "1", "0", "None"]))}}
    return [[], RIGHT, [ERROR], [*RIGHT, ERROR], [partly]][rng.integers(5)]


def warm() -> ForkServerContext:
    """Processes that begin with everything imported, so that one can be killed soon."""
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gradebook_course"])
    return context


def record_at_once(course: Course, works: list[dict[str, dict[str, Notebook]]]) -> list[int | None]:
    """A process for each of `works`, which also makes the tables and registers: exit codes."""
    processes, children = warm(), []
    for work in works:
        receiver, sender = processes.Pipe(duplex=False)
        child = processes.Process(target=record_class, args=(course, work, sender, True))
        child.start()
        sender.close()
        children.append((child, receiver))
    for child, receiver in children:
        with suppress(EOFError):
            while True:
                receiver.recv()
        child.join()
        receiver.close()
    return [child.exitcode for child, _ in children]


def all_right(forms: dict[str, Notebook]) -> dict[str, Notebook]:
    """The notebooks with every test passed and every answer still as released."""
    return copy.deepcopy(forms)


def rows(course: Course, queries: dict[str, str]) -> Rows:
    """Every row that the queries name, without ids, in order."""
    with open_gradebook.gradebook(course) as book:
        return {
            name: sorted(
                (tuple(map(_plain, row)) for row in book.db.execute(text(query))), key=repr
            )
            for name, query in queries.items()
        }


def _plain(value: Any) -> Any:
    """As SQLite has it: times are text, spans are times after 1970, truth is 0 or 1."""
    if isinstance(value, timedelta):
        value = datetime(1970, 1, 1) + value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return int(value) if isinstance(value, bool) else value


def marks(course: Course, student: str) -> dict[str, float | None]:
    """Cell -> points; None for a cell without points that waits for a person."""
    recorded = read_marks.recorded(course, course.assignments[0]).get(student)
    return {
        m.cell: None if m.needs_review and not m.points else m.points
        for m in (recorded.marks if recorded else ())
    }


def record_class(
    course: Course, work: dict[str, dict[str, Notebook]], sender: Connection, first: bool = False
) -> None:
    """Record each student's notebooks, and tell of each when it is safe. Runs in a process."""
    if first:
        open_gradebook.register(course, course.assignments[0])
    with open_gradebook.recorder(course, course.assignments[0]) as save_one:
        sender.send("")
        for student, books in work.items():
            save_one(student, None, books)
            sender.send(student)
    sender.close()
