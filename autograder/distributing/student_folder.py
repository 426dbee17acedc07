"""The students' folder: the released assignments, a README, and a list of its files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from autograder.distributing import book, front_page
from autograder.distributing.student_requirements import clean_file, student_requirements
from autograder.distributing.student_wheel import NO_VERSION, Edition
from autograder.files import sha256
from autograder.model import Assignment, Course

README = """\
# {course}

Your folder of the course{version}. Open `index.html` in a browser for the map of the
course. {book}There is one folder per assignment:

{table}

## Begin in JupyterLab

You need Python {python}. Open a terminal in this folder. The first two lines make an
environment for this course alone, which Debian and Ubuntu demand, and switch it on:

    python3 -m venv .venv
    source .venv/bin/activate
    pip install -r requirements.txt
    jupyter lab{first_page}

In Windows the second line is `.venv\\Scripts\\activate`, and `py` stands for `python3`. Where the
first line says that `ensurepip` is not available, run `sudo apt install python3-venv` and try it
again. Each time you come back, only the second and the last line are needed.

With conda instead: `conda env create -f environment.yml`, then `conda activate {name}` and
`jupyter lab{first_page}`.
{boards}{colab}{commands}
## Handing in and feedback

Upload what your course asks for where it collects. Keep the names of the released notebooks: only
those are collected, and cells are found by their names. Your instructor returns a page of feedback
for each assignment; for each lost point it names the property that did not hold.
"""
BOOK = "The textbook is in `book/index.html` and needs no network. "
BOARDS = """
## Before the DEPLOY track

These notebooks talk to a board, and to an emulated one where none is plugged in: {deploy}.
Both need more packages:

    pip install "./{wheel}[boards]"
"""
COLAB = """
## Begin in Colab

Unpack the zip into your Google Drive and open a notebook from there. Above its first cell, add this
one and run it; the next cell of the notebook installs the course's tools and says so:

    from google.colab import drive
    drive.mount("/content/drive")
    %cd /content/drive/MyDrive/{stem}/{first}

Colab's own versions of numpy, matplotlib and ipywidgets are used as they are. Work from cells, as
the next section shows, and save the notebook (Ctrl+S) before you export or submit it.
"""
ASK = """\
| `course ask ID QUESTION "TEXT"` | `!course ask ...` | packs a request to look at a mark again |
"""
COMMANDS = """
## The tools

| in a terminal | in a cell | what it does |
|---|---|---|
| `course check ID` | `check()` | tries the visible tests; `check("question")` tries one |
| `course export ID` | `export("ID")` | writes your cells into your own `tinytorch/` |
| `course submit ID` | `submit("ID")` | packs a zip to hand in, and its receipt: `submissions/` |
{ask}| `course progress` | `progress()` | shows where you stand in each track, and what is next |
| `course update --from ZIP` | `!course update --from ZIP` | brings a new release into this folder |
| `course doctor` | `!course doctor` | looks whether everything is in place, and says what to do |

For a cell, import them first: `from coursekit import check, export, progress, submit`.

When your course hands out a new zip, save and close your notebooks, do not unpack the zip here, and
run `course update --from ZIP` with its path (in Colab, in a cell: `!course update --from ZIP`).
Your answers and your own cells stay, the course's cells become the new ones, and a list says what
changed. A cell that you and the course have both changed keeps your text, and the new text is below
it. The old notebooks are in `backups/`.
"""


def released(course: Course) -> dict[str, list[Path]]:
    """The notebooks of each assignment that is in release/, in the order of the syllabus."""
    notebooks_by_id = {
        row.id: sorted((course.release / row.id).glob("*.ipynb")) for row in course.assignments
    }
    return {name: notebooks for name, notebooks in notebooks_by_id.items() if notebooks}


def contents(
    course: Course, edition: Edition, wheel: bytes | None, site: Path | None = None
) -> dict[str, bytes]:
    """The files of the folder by their path. site: the pages of the book, where it goes along."""
    ids = list(released(course))
    files = {
        f"{name}/{path.relative_to(course.release / name).as_posix()}": _content(course, path)
        for name in ids
        for path in sorted((course.release / name).rglob("*"))
        if path.is_file() and not _is_tool_file(path.relative_to(course.release))
    }
    if (course.root / "course" / "data").is_dir():
        files.update(_data(course.root / "course" / "data"))
    if wheel is not None:
        files[edition.wheel] = wheel
    if site is not None:
        closed = [row.id for row in course.assignments if row.id not in ids]
        files.update(book.files(site, ids, closed))
    rows = [course.assignment(name) for name in ids]
    pages = front_page.page(course, rows, wheel is not None, site is not None)
    files["index.html"] = pages.encode()
    if wheel is not None:
        files["index.ipynb"] = front_page.notebook(course, rows).encode()
    readme = _readme(course, edition, rows, wheel is not None, site is not None)
    files["README.md"] = readme.encode()
    requirements = student_requirements(course, edition, rows, wheel is not None)
    files["requirements.txt"] = requirements.encode()
    files["environment.yml"] = _environment(edition).encode()
    files["workspace.toml"] = _workspace(course, edition, ids, files).encode()
    return {**files, **_released_copies(files)} if wheel is not None else files


def _released_copies(files: dict[str, bytes]) -> dict[str, bytes]:
    """Each notebook once more, by its sha256: with it `course update` sees what a student wrote."""
    notebooks = [data for name, data in files.items() if name.endswith(".ipynb")]
    return {f".course/released/{sha256(data)}.ipynb": data for data in notebooks}


def _content(course: Course, path: Path) -> bytes:
    """A released file; a requirements.txt beside the notebooks without what is for the staff."""
    is_list = path.name == "requirements.txt" and path.parent.parent == course.release
    return clean_file(path) if is_list else path.read_bytes()


def _is_tool_file(path: Path) -> bool:
    """Is the file a tool's and not the course's: hidden, or compiled?"""
    return any(part.startswith((".", "__pyc")) for part in path.parts)


def _data(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.suffix in (".npz", ".csv", ".md"))
    return {f"data/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}


def _readme(
    course: Course,
    edition: Edition,
    rows: list[Assignment],
    wheel: bool,
    has_book: bool = False,
) -> str:
    deploy = ", ".join(row.id for row in rows if row.track == "DEPLOY")
    fields = {"stem": edition.stem, "wheel": edition.wheel, "first": rows[0].id, "deploy": deploy}
    fields["ask"] = ASK if (course.root / "course" / "appeals").is_dir() else ""
    return README.format(
        course=course.title or course.name,
        version=f", version {edition.version}" if edition.version != NO_VERSION else "",
        name=edition.name,
        table=_table(rows),
        python=_python_range(edition.python),
        first_page=" index.ipynb" if wheel else "",
        book=BOOK if has_book else "",
        boards=BOARDS.format(**fields) if wheel and deploy and edition.boards else "",
        colab=COLAB.format(**fields) if wheel else "",
        commands=COMMANDS.format(**fields) if wheel else "",
    )


def _table(rows: list[Assignment]) -> str:
    """The assignments in Markdown; without a column for the due dates where there are none."""
    has_due = any(row.due for row in rows)
    lines = ["| folder | track | question |", "|---|---|---|"]
    lines += [f"| `{row.id}` | {row.track} | {row.title or row.id} |" for row in rows]
    due = [" due |", "---|", *(f" {_due(row)} |" for row in rows)] if has_due else [""] * len(lines)
    return "\n".join(line + more for line, more in zip(lines, due, strict=True))


def _python_range(requirement: str) -> str:
    """'>=3.11,<3.14' in words; any other requirement as it stands."""
    match = re.fullmatch(r">=\s*3\.(\d+)\s*,\s*<\s*3\.(\d+)", requirement)
    if not match:
        return re.sub(r"^>=\s*([\d.]+)$", r"\1 or later", requirement)
    *earlier_versions, last = [f"3.{minor}" for minor in range(int(match[1]), int(match[2]))]
    return f"{', '.join(earlier_versions)} or {last}" if earlier_versions else last


def _due(row: Assignment) -> str:
    return f"{row.due:%Y-%m-%d %H:%M %Z}" if row.due else ""


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
