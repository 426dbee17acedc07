"""A student's first chapter in JupyterLab, in Chromium, with the published folder alone: the
README's commands in a fresh environment, the front door, a wrong answer, a hint, the right answer,
the export, the next notebook, and what is handed in."""

from datetime import UTC, datetime

import pytest
from answering import answer
from student_jupyterlab import ROOT, contrast, lab, published_home

from autograder.collecting.collect import collect
from autograder.notebook import cells

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST, SECOND = "01_tensor", "02_activations"
EXERCISE = "tensor_data-solution"
CHECK = 'check("tensor_data")'
STUB, WRONG = "    raise NotImplementedError", "    return np.array(data)"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return published_home(tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("published"))


def solution(path):
    """The text of the first exercise's cell in the notebook at `path`."""
    return next(cells.source(c) for c in cells.load(path)["cells"] if c["id"] == EXERCISE)


def write_answer(path, text):
    """Writes `text` into the first exercise's cell of the notebook at `path`."""
    book = cells.load(path)
    next(cell for cell in book["cells"] if cell["id"] == EXERCISE)["source"] = text
    path.write_text(cells.dump(book), encoding="utf-8")


@pytest.fixture
def answers(home):
    """The first exercise as it is released, and its right answer; all other exercises of the
    chapter are answered in the student's notebook."""
    mine, reference = home.folder / FIRST, ROOT / "source" / FIRST
    answer(mine / f"{FIRST}.ipynb", reference / f"{FIRST}.ipynb")
    unwritten = solution(ROOT / "release" / FIRST / f"{FIRST}.ipynb")
    write_answer(mine / f"{FIRST}.ipynb", unwritten)
    return unwritten, solution(reference / f"{FIRST}.ipynb")


def test_a_student_goes_from_the_front_door_to_the_next_notebook(home, answers, tmp_path):
    unwritten, right = answers
    with lab(home, tmp_path / "settings", "index.ipynb") as student:
        open_first_notebook(student)
        unfold_a_hint(student)
        student.write(student.cell("def as_array"), unwritten.replace(STUB, WRONG))
        student.run_all()
        assert "floats are stored as float32" in student.output_of(CHECK)
        assert "came" in student.output_of(CHECK)
        student.write(student.cell("def as_array"), right)
        student.run_all()
        assert "Hidden tests follow" in student.output_of(CHECK)
        student.save()
        assert all(contrast_in_theme(student, name, tmp_path) > 4.5 for name in ("Light", "Dark"))
        export_and_submit(student)
        open_next_notebook(student)
    course, inbox = home.course, home.folder / "submissions"
    collected = collect(course, course.assignment(FIRST), inbox, datetime.now(UTC))
    assert [submission.student for submission in collected.submissions] == ["ada"]


def open_first_notebook(student):
    student.wait_for("index.ipynb")
    student.run_all()
    assert FIRST in student.output_of("progress()")
    student.notebook().get_by_role("link", name=FIRST, exact=True).first.click()
    student.wait_for(FIRST)


def unfold_a_hint(student):
    hint = student.cell("Write as_array").locator("details").first
    assert not hint.locator("code").first.is_visible()
    hint.locator("summary").click()
    assert hint.locator("code").first.is_visible()


def contrast_in_theme(student, name, folder):
    """The contrast of a report in that theme, of which a picture is kept."""
    student.cell(CHECK).scroll_into_view_if_needed()
    student.choose("Settings", "Theme", f"JupyterLab {name}")
    student.page.wait_for_timeout(1500)
    student.page.screenshot(path=folder / f"{name}.png")
    return contrast(student.cell(CHECK).locator(".jp-OutputArea-output div").last)


def export_and_submit(student):
    exported = student.run_at_end(f'from coursekit import export\nexport("{FIRST}")')
    assert "tinytorch/core/tensor.py" in exported
    submit = f'from coursekit import submit\nsubmit("{FIRST}", student="ada")'
    assert "receipt" in student.run_at_end(submit)


def open_next_notebook(student):
    student.notebook().get_by_role("link", name=SECOND, exact=True).first.click()
    student.wait_for(SECOND)
    student.run_all()
    stopped_by = student.notebook().locator(".jp-OutputArea-output", has_text="Traceback")
    assert "NotImplementedError" in stopped_by.inner_text(), "the first exercise, no import"
