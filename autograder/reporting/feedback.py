"""A page for each graded submission: the score, what each lost mark says, the notebook itself.

Pages stand where nbgrader keeps feedback and are the same bytes every time. Nothing in them runs,
and nothing of the hidden tests or the mark schemes is in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from autograder.model import Assignment, Course, Grade, Mark
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.reporting.html_page import document, esc, facts, number, table
from autograder.reporting.notebook_html import cell_html, secret_lines, without_secrets

COLUMNS = ("question", "points", "what it says")


def write(course: Course, assignment: Assignment, grades: Iterable[Grade]) -> list[Path]:
    """Write the pages of `grades` into feedback/<student>/<id>/; unchanged files stay untouched.

    A submission of which nothing could be run gets <id>.html, which says the fault.
    """
    written: list[Path] = []
    for grade in grades:
        folder = course.feedback / grade.student / assignment.id
        pages = {folder / f"{name}.html": text for name, text in _pages(course, assignment, grade)}
        for path, text in pages.items():
            _replace(path, text)
        for stale in set(folder.glob("*.html")) - set(pages):
            stale.unlink()
        written += pages
    return written


def _pages(course: Course, assignment: Assignment, grade: Grade) -> list[tuple[str, str]]:
    folder = course.autograded / grade.student / assignment.id
    names = [n for n in assignment.notebooks if (folder / f"{n}.ipynb").is_file()]
    if grade.status == "not graded" or not names:
        return [(assignment.id, page(None, grade, assignment))]
    return [(n, page(cells.load(folder / f"{n}.ipynb"), grade, assignment, n)) for n in names]


def _replace(path: Path, text: str) -> None:
    data = text.encode("utf-8", "replace")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(data)
    draft.replace(path)


def page(notebook: Notebook | None, grade: Grade, assignment: Assignment, name: str = "") -> str:
    """The feedback on a graded notebook as one HTML page; None where there is none to show.

    name: which of the assignment's notebooks this is; its marks are shown ('' shows all marks).
    """
    secret = secret_lines(notebook) if notebook else frozenset()
    marks = [mark for mark in grade.marks if name in ("", mark.notebook)]
    body = [_head(grade, assignment, name, secret), _fault(grade, secret)]
    if marks:
        inside = {_name(cell) for cell in notebook["cells"]} if notebook else set()
        rows = (_row(mark, mark.cell in inside, secret) for mark in marks)
        body += ["<h2>Marks</h2>", table(COLUMNS, rows, numbers=["points"])]
    if notebook:
        body += ["<h2>Your notebook</h2>", *_notebook(notebook, marks, secret)]
    title = f"{assignment.title or assignment.id}: {grade.student}"
    return document(title, "\n".join(part for part in body if part))


def _head(grade: Grade, assignment: Assignment, name: str, secret: frozenset[str]) -> str:
    integration = without_secrets(grade.integration, secret)
    several = name and len(assignment.notebooks) > 1
    pairs = [
        ("Student", esc(grade.student)),
        ("Assignment", esc(assignment.id)),
        *([("Notebook", esc(name))] if several else []),
        ("Submitted", when(grade.submitted_at)),
        ("Score", score(grade)),
        *([("Your own package", esc(integration))] if integration else []),
    ]
    return f"<h1>{esc(assignment.title or assignment.id)}</h1>\n{facts(pairs)}"


def when(moment: datetime | None) -> str:
    """A time as HTML, '(no time stamp)' where there is none."""
    if moment is None:
        return '<span class="soft">(no time stamp)</span>'
    zone = moment.tzname() or ""
    return f"{moment.day} {moment:%B %Y, %H:%M} {zone}".rstrip()


def score(grade: Grade) -> str:
    if grade.status == "not graded":
        return "not graded"
    total = f'<span class="score">{number(grade.score)} of {number(grade.max_score)}</span>'
    waits = sum(mark.out_of for mark in grade.marks if mark.needs_review)
    if waits:
        points = f"{number(waits)} {'point' if waits == 1 else 'points'}"
        total += f' <span class="soft">(so far; a person still marks {points})</span>'
    return total


def _fault(grade: Grade, secret: frozenset[str]) -> str:
    if not grade.message:
        return ""
    title = "Not graded" if grade.status == "not graded" else "What happened while it ran"
    sentences = without_secrets(grade.message, secret).split("; ")
    lines = "".join(f'<p class="says">{esc(line)}</p>' for line in sentences)
    return f'<section class="fault"><p><strong>{title}</strong></p>{lines}</section>'


def _row(mark: Mark, is_inside: bool, secret: frozenset[str]) -> str:
    name = esc(mark.cell)
    link = f'<a href="#{name}">{name}</a>' if is_inside else name
    full = "full marks" if mark.points >= mark.out_of else ""
    message = _message_html(mark, secret) or f'<span class="soft">{full}</span>'
    points = f"{number(mark.points)} of {number(mark.out_of)}"
    return f'<tr><th scope="row">{link}</th><td class="number">{points}</td><td>{message}</td></tr>'


def _message_html(mark: Mark, secret: frozenset[str]) -> str:
    """What a mark tells the student, as HTML."""
    parts = []
    if mark.needs_review:
        parts.append('<p class="soft">waiting for a person</p>')
    if mark.message:
        parts.append(f'<p class="says">{esc(without_secrets(mark.message, secret))}</p>')
    if mark.comment:
        parts.append(f'<p class="says comment">{esc(mark.comment)}</p>')
    return "".join(parts)


def _notebook(notebook: Notebook, marks: list[Mark], secret: frozenset[str]) -> list[str]:
    by_cell = {mark.cell: mark for mark in marks}
    return [_section(cell, by_cell.get(_name(cell)), secret) for cell in notebook["cells"]]


def _name(cell: Cell) -> str:
    return cells.grade_id(cell) or str(cell.get("id", ""))


def _section(cell: Cell, mark: Mark | None, secret: frozenset[str]) -> str:
    body = cell_html(cell, secret)
    mark_html = _mark_html(mark, secret) if mark else ""
    return f'<section class="cell" id="{esc(_name(cell))}">\n{body}{mark_html}\n</section>'


def _mark_html(mark: Mark, secret: frozenset[str]) -> str:
    kind = "lost" if mark.points < mark.out_of and not mark.needs_review else "full"
    kind = "waits" if mark.needs_review else kind
    points = f"{number(mark.points)} of {number(mark.out_of)} points"
    message = _message_html(mark, secret)
    return f'<div class="mark {kind}"><p><strong>{points}</strong></p>{message}</div>'
