"""A chapter that is not exported: the cause first and alone, with what to run."""

import subprocess
import sys
from pathlib import Path

import pytest
from coursekit import chapters
from small_chapter import code, notebook, question, solution

ROOT = Path(__file__).parents[2]
MARKER = 'course = "T"\nversion = "1"\nassignments = []\n[files]\n'
START = """
import sys, types
sys.path[:] = [{kit!r}, *(p for p in sys.path if "site-packages" in p or "lib/python" in p)]
sys.meta_path[:] = [f for f in sys.meta_path if "Editable" not in type(f).__name__]
from coursekit import use_workspace
use_workspace()
"""


@pytest.fixture
def student(tmp_path):
    """Runs Python in a workspace, in the folder of an assignment, with coursekit alone."""
    kit = tmp_path / "kit"
    kit.mkdir()
    (kit / "coursekit").symlink_to(ROOT / "course" / "coursekit")
    (kit / "syllabus.toml").write_bytes((ROOT / "course" / "syllabus.toml").read_bytes())
    space = tmp_path / "space"
    space.mkdir()
    (space / "workspace.toml").write_text(MARKER)

    def run(assignment, text, modules=None):
        folder = space / assignment
        folder.mkdir(exist_ok=True)
        for name, body in (modules or {}).items():
            (space / name).parent.mkdir(parents=True, exist_ok=True)
            (space / name).write_text(body)
        command = [sys.executable, "-I", "-c", START.format(kit=str(kit)) + text]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True).stderr

    return run


def last_line(stderr):
    return stderr.strip().splitlines()[-1]


def test_a_notebook_without_the_chapter_before_it_names_it_and_what_to_run(student):
    message = last_line(student("02_activations", "from tinytorch.core.tensor import Tensor"))
    assert message == (
        "coursekit.chapters.MissingChapter: Chapter 01_tensor writes tinytorch, and you have not "
        "exported it. Finish it, then run: course export 01_tensor (in a terminal; in a cell: "
        'from coursekit import export; export("01_tensor"))'
    )


def test_a_milestone_names_every_chapter_that_is_missing(student):
    message = last_line(student("m01_perceptron", "from tinytorch import SGD"))
    assert "not exported: 01_tensor, 02_activations, 03_layers, 04_losses, 06_autograd" in message
    assert "05_dataloader" not in message
    assert "course export 01_tensor" in message


INIT = "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n"
INIT_FILES = {"tinytorch/__init__.py": INIT, "tinytorch/core/__init__.py": INIT}


@pytest.mark.parametrize(
    "line", ["from tinytorch.core.dataloader import DataLoader", "from tinytorch import DataLoader"]
)
def test_a_chapter_that_is_missing_among_others_is_named(student, line):
    message = last_line(student("08_training", line, INIT_FILES))
    assert "Chapter 05_dataloader writes tinytorch." in message
    assert "course export 05_dataloader" in message


def test_a_module_that_no_chapter_writes_is_missing_as_ever(student):
    message = last_line(student("08_training", "import tinytorch.core.magic", INIT_FILES))
    assert message == "ModuleNotFoundError: No module named 'tinytorch.core.magic'"


def test_an_exported_module_is_imported_after_it_was_missing(student):
    text = "\n".join(
        [
            "try: from tinytorch.core.tensor import Tensor",
            "except ImportError: pass",
            "import importlib, pathlib",
            "pathlib.Path('../tinytorch/core/tensor.py').write_text('Tensor = 1')",
            "importlib.invalidate_caches()",
            "from tinytorch.core.tensor import Tensor",
        ]
    )
    assert student("02_activations", text, INIT_FILES) == ""


def test_the_finder_stands_behind_the_others_and_once(tmp_path):
    chapters.install(tmp_path)
    chapters.install(tmp_path)
    kinds = [isinstance(finder, chapters.ChapterFinder) for finder in sys.meta_path]
    assert kinds.index(True) == len(kinds) - 1


def test_check_says_the_cause_alone(place):
    book = notebook(
        code("imports", "from coursekit.chapters import MissingChapter"),
        code("chapter", 'raise MissingChapter("Chapter 00 is not exported.")'),
        solution("double", "def double(x):\n    return missing(x)"),
    )
    path = place(book)
    completed = subprocess.run(
        [sys.executable, "-m", "coursekit.rehearse", str(path)], capture_output=True, text=True
    )
    assert (completed.returncode, completed.stdout) == (1, "Chapter 00 is not exported.\n")


def test_a_cell_that_waits_for_an_unwritten_one_is_no_fault_of_its_own(place):
    book = notebook(
        solution("values", "def values():\n    raise NotImplementedError"),
        code("measure", "rows = []\nrows.append(values())"),
        code("look", "first, second = rows"),
        code("total", "sum(nowhere)"),
    )
    completed = subprocess.run(
        [sys.executable, "-m", "coursekit.rehearse", str(place(book))],
        capture_output=True,
        text=True,
    )
    assert "Waiting for what is not written yet: measure, look, total." in completed.stdout
    assert "stopped" not in completed.stdout


def test_where_a_cell_stopped_what_follows_from_it_is_no_fault_of_its_own(place):
    book = notebook(
        code("imports", "from nowhere_at_all import board"),
        code("toy", "port = board.port"),
        code("look", "port.name"),
        code("other", "1 / 0"),
    )
    completed = subprocess.run(
        [sys.executable, "-m", "coursekit.rehearse", str(place(book))],
        capture_output=True,
        text=True,
    )
    lines = completed.stdout.splitlines()
    assert lines[0].startswith("The cell imports stopped: ModuleNotFoundError: No module named")
    assert lines[1].startswith("The cell other stopped: ZeroDivisionError")
    assert lines[-1] == "Waiting for what is not written yet or stopped: toy, look."


def test_a_question_without_its_values_waits_for_the_cell_that_makes_them(place):
    book = notebook(
        solution("values", "def values():\n    raise NotImplementedError"),
        code("measure", "rows = values()"),
        question("measured", "assert len(rows) == 2"),
    )
    completed = subprocess.run(
        [sys.executable, "-m", "coursekit.rehearse", str(place(book))],
        capture_output=True,
        text=True,
    )
    first = completed.stdout.splitlines()[0]
    assert first == "measured: it waits for rows, which no cell above has made yet."
