"""A student's framework grows chapter by chapter: in an empty folder with nothing but what is
published, `course check` and `course export`, they end with a tinytorch that passes the milestones.
The same in an environment with the versions that Colab has."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from answering import answer
from coursekit.syllabus import load

from autograder.distributing.publish import publish
from autograder.notebook import cells
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[1]
CHAPTERS = [row.id for row in load().assignments if row.exports]
MILESTONES = [row.id for row in load().assignments if row.id.startswith("m")]
COLAB = ("ipython==7.34.0", "ipywidgets==7.7.1", "numpy==2.0.2", "matplotlib==3.10.0")
COLAB_VERSIONS = [pin.partition("==")[2] for pin in COLAB]


def released(folder):
    """The released notebooks in a workspace of its own, as published but for the wheel."""
    for name in [*CHAPTERS, *MILESTONES]:
        shutil.copytree(ROOT / "release" / name, folder / name)
    (folder / "workspace.toml").write_text('course = "Test"\nversion = "1"\n')
    return folder


def course(folder, *arguments, python=sys.executable):
    """What the command `course` prints in `folder`, and its exit code."""
    run = "import sys; from coursekit.cli import main; sys.argv[0] = 'course'; main()"
    completed = subprocess.run(
        [python, "-c", run, *arguments], cwd=folder, capture_output=True, text=True, env=bare()
    )
    return completed.stdout + completed.stderr, completed.returncode


def bare():
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def works_through(folder, name, python=sys.executable):
    """Answers a chapter as the reference does, checks it and exports it."""
    answer(folder / name / f"{name}.ipynb", ROOT / "source" / name / f"{name}.ipynb")
    output, code = course(folder, "check", name, python=python)
    assert code == 0, output
    if name in CHAPTERS:
        output, code = course(folder, "export", name, python=python)
        assert code == 0, output


def test_what_a_student_exports_from_right_answers_is_the_reference(tmp_path):
    folder = released(tmp_path)
    for name in CHAPTERS:
        answer(folder / name / f"{name}.ipynb", ROOT / "source" / name / f"{name}.ipynb")
    output, code = course(folder, "export")
    assert code == 0, output
    theirs = {p.relative_to(folder): p.read_text() for p in folder.glob("tinytorch/**/*.py")}
    reference = ROOT / "course"
    ours = {p.relative_to(reference): p.read_text() for p in reference.glob("tinytorch/**/*.py")}
    assert theirs == ours


@pytest.mark.slow
def test_a_student_works_through_the_chapters_and_passes_the_milestones(tmp_path):
    folder = released(tmp_path)
    for name in [*CHAPTERS, *MILESTONES]:
        works_through(folder, name)


@pytest.fixture
def folder_and_wheel(tmp_path):
    """What is published, unpacked."""
    folder, _, wheel = publish(open_course(ROOT), tmp_path / "published").paths
    return folder, wheel


def colab_python(home, *packages, seed=()):
    """A Python with Colab's versions and `packages`, in a new environment at `home`."""
    uv, python = Path(sys.executable).with_name("uv"), home / "bin" / "python"
    subprocess.run([uv, "venv", "-q", *seed, "--python", sys.executable, home], check=True)
    install = [uv, "pip", "install", "-q", "--python", python, *COLAB, *packages]
    completed = subprocess.run(install, capture_output=True, text=True, env=bare())
    if completed.returncode:
        pytest.skip(f"Colab's versions could not be installed: {completed.stderr.strip()[-200:]}")
    return python


def versions_of(python):
    listed = "import IPython, ipywidgets, numpy, matplotlib as m; print(IPython.__version__, "
    listed += "ipywidgets.__version__, numpy.__version__, m.__version__)"
    return subprocess.run([python, "-c", listed], capture_output=True, text=True).stdout.split()


@pytest.mark.slow
def test_every_released_notebook_runs_and_checks_with_colabs_versions(folder_and_wheel, tmp_path):
    folder, wheel = folder_and_wheel
    python = colab_python(tmp_path / "venv", f"{wheel}[boards]")
    have = subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode
    assert have != 0  # nothing can have upgraded what was pinned
    output, code = course(folder, "check", "03_layers", python=python)
    assert code == 1
    assert "then run: course export 01_tensor" in output
    for row in load().assignments:
        untouched, code = course(folder, "check", row.id, python=python)
        assert code == 1
        assert "not written yet" in untouched
        works_through(folder, row.id, python)
    assert versions_of(python) == COLAB_VERSIONS


RUN_CELLS = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for text in json.load(sys.stdin):
    if not shell.run_cell(text).success:
        sys.exit(text)
"""


@pytest.mark.slow
def test_a_student_works_from_cells_alone_where_the_first_cell_installs_the_wheel(
    folder_and_wheel, tmp_path
):
    folder, wheel = folder_and_wheel
    python = colab_python(tmp_path / "venv", seed=["--seed"])
    path = folder / "01_tensor" / "01_tensor.ipynb"
    answer(path, ROOT / "source" / "01_tensor" / "01_tensor.ipynb")
    texts = [cells.source(c) for c in cells.load(path)["cells"] if c["cell_type"] == "code"]
    verbs = ['export("01_tensor")', 'submit("01_tensor", student="ada")', "progress()"]
    texts += ["from coursekit import export, progress, submit", *verbs]
    completed = subprocess.run(
        [python, "-c", RUN_CELLS],
        cwd=path.parent,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        env={**bare(), "MPLBACKEND": "Agg"},
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert f"coursekit is missing, so this installs {wheel.name}" in completed.stdout
    assert "Wrote tinytorch/core/tensor.py" in completed.stdout
    assert "Hidden tests follow when it is graded." in completed.stdout
    assert [path.name for path in (folder / "submissions").glob("*.zip")] != []
    assert versions_of(python) == COLAB_VERSIONS
