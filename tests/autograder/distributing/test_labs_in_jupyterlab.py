"""Co-labs in JupyterLab, in Chromium: a prediction is locked, a control moved by mouse and by
keyboard into the failure and out of it, and set from code; in both themes it stays legible."""

import json
from dataclasses import dataclass

import pytest
from answering import answer
from student_jupyterlab import ROOT, contrast, lab, published_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Failure:
    """How a lab is brought to its failure, and what a student sees then.

    by_mouse: the slider whose handle is dragged, and the end to which (0 left, 1 right). by_key:
    the slider that is moved next, with the key that moves it; the failure stands then. back: the
    key on the same slider that ends it. code: a line that shows the failure anew. lock: of the cell
    that locks the prediction.
    """

    by_mouse: tuple[str, int]
    by_key: tuple[str, str]
    back: str
    code: str
    lock: str


FAILURES = {
    "x02_ml_systems": Failure(
        ("mbps", 0), ("payload_kb", "End"), "Home", "lab.set(payload_kb=600)", "places"
    ),
    "x03_dl_primer": Failure(
        ("width", 1), ("batch", "End"), "Home", "lab.set(width=128, batch=1024)", "where"
    ),
    "x04_architectures": Failure(
        ("length", 1), ("batch", "End"), "Home", "lab.set(batch=256)", "length"
    ),
    "x05_workflow": Failure(
        ("trial_h", 1), ("budget_h", "Home"), "End", "lab.set(budget_h=40)", "workflow"
    ),
    "x07_frameworks": Failure(
        ("per_call", 1), ("elements", "Home"), "End", "lab.set(elements=10)", "dispatch"
    ),
    "x08_training": Failure(
        ("zero", 1), ("devices", "Home"), "End", "lab.set(devices=1)", "training"
    ),
    "x10_optimizations": Failure(
        ("bits", 1), ("bits", "Home"), "End", "lab.set(bits=2)", "compression"
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return published_home(tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("published"))


def slider(output, name):
    return output.locator(".widget-hslider, .jupyter-widget-hslider").filter(
        has=output.page.get_by_text(name, exact=True)
    )


def drag(control, end):
    """Drags the handle of a slider to its left (0) or right (1) end."""
    track, handle = control.locator(".noUi-base").bounding_box(), control.locator(".noUi-handle")
    start = handle.bounding_box()
    mouse = control.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(track["x"] + end * track["width"], start["y"] + start["height"] / 2, steps=8)
    mouse.up()


@pytest.mark.parametrize("name", FAILURES)
def test_a_student_drives_a_lab_into_its_failure_and_back(home, name, tmp_path):
    failure = FAILURES[name]
    answer(home.folder / name / f"{name}.ipynb", ROOT / "source" / name / f"{name}.ipynb")
    with lab(home, tmp_path / "settings", f"{name}/{name}.ipynb") as student:
        student.wait_for(name)
        student.run_all()
        assert "Locked" in student.output_of(f'record.predict("{failure.lock}"')
        handles = student.page.locator(".noUi-handle")
        output = student.notebook().locator(".jp-OutputArea").filter(has=handles).first
        output.scroll_into_view_if_needed()
        alert, code = output.get_by_role("alert"), output.locator("code").last
        before = code.inner_text()
        drag(slider(output, failure.by_mouse[0]), failure.by_mouse[1])
        code.filter(has_not_text=before).wait_for()
        handle = slider(output, failure.by_key[0]).locator(".noUi-handle")
        handle.focus()
        student.page.keyboard.press(failure.by_key[1])
        alert.wait_for()
        assert alert.inner_text().startswith("Fails: ")
        assert all(is_legible(student, output, theme, tmp_path) for theme in ("Light", "Dark"))
        handle.focus()
        student.page.keyboard.press(failure.back)
        alert.wait_for(state="detached")
        output.screenshot(path=tmp_path / "recovered.png")
        student.run_at_end(failure.code + ";")
        alert.wait_for()
    lines = (home.folder / name / f"{name}.record.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds.index("prediction") < kinds.index("run")


def is_legible(student, output, theme, folder):
    """Whether the sentence of the failure and the table stand out in a theme; a picture is kept."""
    student.choose("Settings", "Theme", f"JupyterLab {theme}")
    student.page.wait_for_timeout(1500)
    output.screenshot(path=folder / f"{theme}.png")
    parts = (output.get_by_role("alert"), output.locator("td").last)
    return all(contrast(part) > 4.5 for part in parts)
