"""Which cells below a task are a student's answer, and which the instructor's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small_course import code, markdown, notebook, save

from autograder.notebook import cells
from autograder.review.answers import answer_cells, own_cells
from autograder.review.questions import questions
from autograder.settings import nbgrader_strip
from autograder.settings.open_course import open_course

NAMES = {("words", "why"), ("words", "how")}
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


def graded_notebook(course, changed, added=()):
    """A hand-in as it comes back. changed: cell id -> text; added: below the place to write."""
    form = nbgrader_strip.graded_form(course, course.assignments[0], "words")
    for cell in form["cells"]:
        cell["source"] = changed.get(cell["id"], cell["source"])
        for key in ("editable", "deletable"):
            cell["metadata"].pop(key, None)
    place = [cell["id"] for cell in form["cells"]].index("place")
    form["cells"][place + 1 : place + 1] = added
    return form


def answers(course, notebook) -> Iterator[list[str]]:
    """The texts that a marker reads of both questions."""
    for question in questions(course, course.assignments[0], NAMES):
        shown_cells = own_cells(answer_cells(notebook, question.place), question)
        yield [cells.source(cell) for cell in shown_cells]


def test_no_text_that_the_release_put_below_a_task_is_read_as_an_answer(course):
    handed_in = graded_notebook(course, {"place": "It is in the cache."})
    assert "**Next**" in cells.source(handed_in["cells"][-1])
    why, how = answers(course, handed_in)
    assert why == ["It is in the cache.", "plot(data)"] and how == []


def test_what_a_student_writes_into_any_cell_or_adds_is_the_answer(course):
    added_cells = [markdown("own", "My drawing"), code("mine", "y = 2")]
    why, _ = answers(course, graded_notebook(course, {"hint": "I changed the hint."}, added_cells))
    assert why == ["My drawing", "y = 2", "I changed the hint.", "plot(data)"]


def test_a_hint_that_is_corrected_in_term_makes_no_other_answer_of_what_was_marked(course):
    handed_in = graded_notebook(course, {"place": "It is in the cache."})

    def answer():
        (why, _) = questions(course, course.assignments[0], NAMES)
        return answer_cells(handed_in, why.place)

    before = answer()
    path = course.source / "words" / "words.ipynb"
    path.write_text(path.read_text().replace("think of the cache", "think of a cache"))
    syllabus = course.root / "course" / "syllabus.toml"
    syllabus.write_text(f'{SYLLABUS}\n[[assignment]]\nid = "later"\ntrack = "HOMEWORK"\n')
    changed = open_course(course.root)
    (why, how) = questions(changed, changed.assignments[0], NAMES)
    assert answer_cells(handed_in, why.place) == before
    assert own_cells(answer_cells(handed_in, how.place), how) == [], "the course's own last cell"
