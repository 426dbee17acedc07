"""Which cells below a task are a student's answer, and which the instructor's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small_course import code, markdown, notebook, save

from autograder.notebook import cells
from autograder.review.answers import answer_cells
from autograder.review.questions import questions
from autograder.settings import nbgrader_strip
from autograder.settings.open_course import open_course

SYLLABUS = """
course = "Words"

[tracks]
HOMEWORK = "one at a time"

[[assignment]]
id = "words"
track = "HOMEWORK"
"""


@pytest.fixture
def course(tmp_path):
    document = notebook(
        markdown("why", "## Why?", task=True, locked=True, points=3),
        markdown("place", "*Write your answer in this cell.*"),
        markdown("hint", "A hint: think of the cache."),
        code("given", "plot(data)"),
        markdown("more", "## The next topic"),
        markdown("text", "Some words on it."),
        markdown("how", "How?", task=True, locked=True, points=1),
    )
    save(tmp_path / "source" / "words" / "words.ipynb", document)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "syllabus.toml").write_text(SYLLABUS)
    return open_course(tmp_path)


def answers(course, changed, added=()) -> Iterator[list[str]]:
    """The texts of the answers to both questions. changed: cell id -> text; added: below the first
    place to write."""
    form = nbgrader_strip.graded_form(course, course.assignments[0], "words")
    for cell in form["cells"]:
        cell["source"] = changed.get(cell["id"], cell["source"])
        for key in ("editable", "deletable"):  # as a hand-in comes back
            cell["metadata"].pop(key, None)
    place = [cell["id"] for cell in form["cells"]].index("place")
    form["cells"][place + 1 : place + 1] = added
    names = {("words", "why"), ("words", "how")}
    for question in questions(course, course.assignments[0], names):
        yield [cells.source(cell) for cell in answer_cells(form, question.place)]


def test_what_the_release_put_below_a_task_is_nobodys_answer(course):
    form = nbgrader_strip.graded_form(course, course.assignments[0], "words")
    assert "**Next**" in cells.source(form["cells"][-1])
    why, how = answers(course, {"place": "It is in the cache."})
    assert why == ["It is in the cache.", "plot(data)"] and how == []


def test_what_a_student_writes_into_any_cell_or_adds_is_the_answer(course):
    own = [markdown("own", "My drawing"), code("mine", "y = 2")]
    why, _ = answers(course, {"hint": "I changed the hint."}, own)
    assert why == ["My drawing", "y = 2", "I changed the hint.", "plot(data)"]
