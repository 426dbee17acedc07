"""The students' folder: the released assignments, a README, and a list of its files."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.distributing.student_wheel import Edition
from autograder.files import sha256
from autograder.model import Assignment, Course

README = """\
# {course}

Your folder of the course, version {version}. It holds one folder per assignment:

{table}

## Begin in JupyterLab

    {install}
    jupyter lab

With conda instead of pip: `conda env create -f environment.yml`, then `conda activate {name}`.
Run these in this folder, then open a notebook in the folder of its assignment.
{colab}{commands}
## Handing in and feedback

Upload what your course asks for where it collects. Keep the names of the released notebooks: only
those are collected, and cells are found by their names. Your instructor returns a page of feedback
for each assignment; for each lost point it names the property that did not hold.
"""
COLAB = """
## Begin in Colab

Unpack the zip into your Google Drive, open a notebook from there, and run this first:

    from google.colab import drive
    drive.mount("/content/drive")
    %cd /content/drive/MyDrive/{stem}/{first}
    %pip install -q ../{wheel}

Colab's own versions of numpy, matplotlib and ipywidgets are used as they are.
"""
COMMANDS = """
## The command `course`

| command | what it does |
|---|---|
| `course check ID` | runs the notebook from top to bottom and tries its visible tests |
| `course export ID` | writes your cells into your own `tinytorch/` in this folder |
| `course submit ID` | packs what is collected: a zip and its receipt, in `submissions/` |
| `course progress` | where you stand in each track |
| `course update --from ZIP` | brings a new release of the course into this folder |
| `course doctor` | looks whether everything is in place, and says how to mend what is not |

When your course hands out a new zip, save and close your notebooks, do not unpack the zip here, and
run `course update --from ZIP` with its path (in Colab, in a cell: `!course update --from ZIP`).
Your answers and your own cells stay, the course's cells become the new ones, and a list says what
changed. A cell that you and the course have both changed keeps your text, and the new text is below
it. The old notebooks are in `backups/`.

Inside a notebook `check("question")` tries one question. The DEPLOY track talks to a board and
emulates one where none is plugged in; both need `pip install "./{wheel}[boards]"`.
"""


def released(course: Course) -> dict[str, list[Path]]:
    """The notebooks of each assignment that is in release/, in the order of the syllabus."""
    notebooks_by_id = {
        row.id: sorted((course.release / row.id).glob("*.ipynb")) for row in course.assignments
    }
    return {name: notebooks for name, notebooks in notebooks_by_id.items() if notebooks}


def contents(course: Course, edition: Edition, wheel: bytes | None) -> dict[str, bytes]:
    """The files of the folder by their path."""
    ids = list(released(course))
    files = {
        f"{name}/{path.relative_to(course.release / name).as_posix()}": path.read_bytes()
        for name in ids
        for path in sorted((course.release / name).rglob("*"))
        if path.is_file() and not _is_tool_file(path.relative_to(course.release))
    }
    if (course.root / "course" / "data").is_dir():
        files.update(_data(course.root / "course" / "data"))
    if wheel is not None:
        files[edition.wheel] = wheel
    rows = [course.assignment(name) for name in ids]
    files["README.md"] = _readme(course, edition, rows, wheel is not None).encode()
    files["requirements.txt"] = _requirements(edition, wheel is not None).encode()
    files["environment.yml"] = _environment(edition).encode()
    files["workspace.toml"] = _workspace(course, edition, ids, files).encode()
    return {**files, **_released_copies(files)} if wheel is not None else files


def _released_copies(files: dict[str, bytes]) -> dict[str, bytes]:
    """Each notebook once more, by its sha256: with it `course update` sees what a student wrote."""
    notebooks = [data for name, data in files.items() if name.endswith(".ipynb")]
    return {f".course/released/{sha256(data)}.ipynb": data for data in notebooks}


def _is_tool_file(path: Path) -> bool:
    """Is the file a tool's and not the course's: hidden, or compiled?"""
    return any(part.startswith((".", "__pyc")) for part in path.parts)


def _data(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.suffix in (".npz", ".csv", ".md"))
    return {f"data/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}


def _readme(course: Course, edition: Edition, rows: list[Assignment], wheel: bool) -> str:
    lines = [f"| `{row.id}` | {row.track} | {row.title or row.id} | {_due(row)} |" for row in rows]
    table = "\n".join(["| folder | track | question | due |", "|---|---|---|---|", *lines])
    fields = {"stem": edition.stem, "wheel": edition.wheel, "first": rows[0].id}
    return README.format(
        course=course.name,
        version=edition.version,
        name=edition.name,
        table=table,
        install="pip install -r requirements.txt",
        colab=COLAB.format(**fields) if wheel else "",
        commands=COMMANDS.format(**fields) if wheel else "",
    )


def _due(row: Assignment) -> str:
    return f"{row.due:%Y-%m-%d %H:%M %Z}" if row.due else ""


def _requirements(edition: Edition, wheel: bool) -> str:
    requirements = [f"./{edition.wheel}"] if wheel else list(edition.dependencies)
    return "\n".join(["jupyterlab>=4.4", *requirements]) + "\n"


def _environment(edition: Edition) -> str:
    return (
        f"name: {edition.name}\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.12\n"
        "  - pip\n  - pip:\n      - -r requirements.txt\n"
    )


def _workspace(course: Course, edition: Edition, ids: list[str], files: dict[str, bytes]) -> str:
    sums = {name: sha256(data) for name, data in sorted(files.items())}
    return "\n".join(
        [
            "# Marks this folder as your workspace: leave it here.",
            f"course = {_quoted(course.name)}",
            f"version = {_quoted(edition.version)}",
            f"assignments = {json.dumps(ids)}",
            "",
            "[files]",
            *(f"{_quoted(name)} = {_quoted(value)}" for name, value in sums.items()),
            "",
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
