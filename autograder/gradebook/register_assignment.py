"""An assignment and its cells, as nbgrader's `generate_assignment` leaves them in the gradebook.

Rows keep their ids, so marks that were already given stay with their cells.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from nbgrader import api
from sqlalchemy import delete, exists, select
from sqlalchemy.engine import Connection

from autograder.gradebook.statements import insert, table
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook

BASE = table(api.BaseCell)
SOURCE = table(api.SourceCell)
NOTEBOOK = table(api.Notebook)
KINDS = {"GradeCell": api.GradeCell, "SolutionCell": api.SolutionCell, "TaskCell": api.TaskCell}
Kind = tuple[str, str]  # (name of the cell, what it is: a key of KINDS)


def register(
    connection: Connection, course: Course, assignment: Assignment, forms: dict[str, Notebook]
) -> None:
    """Write the assignment, its notebooks and their cells; `forms` are the notebooks' graded forms.

    Raises CourseError where that would add or remove cells under submissions already recorded.
    """
    key = _assignment(connection, course, assignment)
    _delete_other_notebooks(connection, assignment, key, set(forms))
    for name, form in forms.items():
        notebook = _notebook(connection, key, name, form)
        _cells(connection, assignment, name, notebook, form)


def naive_utc(moment: datetime | None) -> datetime | None:
    """nbgrader keeps times in UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def _assignment(connection: Connection, course: Course, assignment: Assignment) -> str:
    due = naive_utc(assignment.due)
    adding = insert(connection, api.Assignment)
    values = {"name": assignment.id} if due is None else {"duedate": due}
    keyed = adding.on_conflict_do_update(index_elements=["name"], set_=values)
    row = {"name": assignment.id, "duedate": due, "course_id": course.name}
    return str(connection.execute(keyed.returning(table(api.Assignment).c.id), row).scalar_one())


def _delete_other_notebooks(
    connection: Connection, assignment: Assignment, key: str, names: set[str]
) -> None:
    query = select(NOTEBOOK.c.name, NOTEBOOK.c.id).where(NOTEBOOK.c.assignment_id == key)
    for name, notebook in connection.execute(query).all():
        if name not in names:
            _refuse_if_submitted(connection, assignment, name, notebook, "the notebook is gone")
            _delete_other_cells(connection, notebook, set(), set())
            connection.execute(delete(NOTEBOOK).where(NOTEBOOK.c.id == notebook))


def _notebook(connection: Connection, assignment: str, name: str, form: Notebook) -> str:
    adding = insert(connection, api.Notebook)
    keyed = adding.on_conflict_do_update(
        index_elements=["name", "assignment_id"], set_={"kernelspec": adding.excluded.kernelspec}
    )
    kernel = json.dumps(form["metadata"].get("kernelspec", {}))
    row = {"name": name, "assignment_id": assignment, "kernelspec": kernel}
    return str(connection.execute(keyed.returning(NOTEBOOK.c.id), row).scalar_one())


def _cells(
    connection: Connection, assignment: Assignment, name: str, notebook: str, form: Notebook
) -> None:
    marked = [cell for cell in form["cells"] if cells.nbgrader(cell)]
    graded = {(cells.grade_id(c), kind): c for c in marked for kind in _kinds(c)}
    sources = {cells.grade_id(c): c for c in marked if _kinds(c) or _locked(c)}
    if _registered_cells(connection, notebook) != (set(graded), set(sources)):
        change = "its cells are no longer the same"
        _refuse_if_submitted(connection, assignment, name, notebook, change)
        _delete_other_cells(connection, notebook, set(graded), set(sources))
    for (cell, kind), form_cell in graded.items():
        _cell(connection, notebook, cell, kind, form_cell)
    for cell, form_cell in sources.items():
        _source(connection, notebook, cell, form_cell)


def _kinds(cell: Cell) -> list[str]:
    flags = {"grade": "GradeCell", "solution": "SolutionCell", "task": "TaskCell"}
    return [kind for flag, kind in flags.items() if cells.nbgrader(cell).get(flag)]


def _locked(cell: Cell) -> bool:
    """nbgrader locks graded answers never, tests and tasks always, the rest as it is written."""
    meta = cells.nbgrader(cell)
    if meta.get("solution"):
        return False
    return bool(meta.get("grade") or meta.get("locked"))


def _registered_cells(connection: Connection, notebook: str) -> tuple[set[Kind], set[str]]:
    graded = select(BASE.c.name, BASE.c.type).where(BASE.c.notebook_id == notebook)
    sources = select(SOURCE.c.name).where(SOURCE.c.notebook_id == notebook)
    return (
        {(name, kind) for name, kind in connection.execute(graded)},
        set(connection.execute(sources).scalars()),
    )


def _refuse_if_submitted(
    connection: Connection, assignment: Assignment, name: str, notebook: str, change: str
) -> None:
    submitted = table(api.SubmittedNotebook).c.notebook_id == notebook
    if connection.execute(select(exists().where(submitted))).scalar_one():
        raise CourseError(
            f"Notebook '{name}' of '{assignment.id}' has submissions in the gradebook, and in "
            f"source/{assignment.id} {change}. Put the cells back as they were (their text and "
            f"their points may change), or give the new version another assignment id."
        )


def _delete_other_cells(
    connection: Connection, notebook: str, graded: set[Kind], sources: set[str]
) -> None:
    """Remove the cells of a notebook that are not among those named."""
    query = select(BASE.c.id, BASE.c.name, BASE.c.type).where(BASE.c.notebook_id == notebook)
    for key, name, kind in connection.execute(query).all():
        if (name, kind) not in graded:
            for stored in (table(KINDS[kind]), BASE):
                connection.execute(delete(stored).where(stored.c.id == key))
    stale = SOURCE.c.name.not_in(sources)
    connection.execute(delete(SOURCE).where(SOURCE.c.notebook_id == notebook, stale))


def _cell(connection: Connection, notebook: str, name: str, kind: str, cell: Cell) -> None:
    adding = insert(connection, api.BaseCell)
    keyed = adding.on_conflict_do_update(
        index_elements=["name", "notebook_id", "type"], set_={"name": adding.excluded.name}
    )
    row = {"name": name, "notebook_id": notebook, "type": kind}
    key = connection.execute(keyed.returning(BASE.c.id), row).scalar_one()
    worth: dict[str, Any] = {}
    if kind != "SolutionCell":
        points = float(cells.nbgrader(cell)["points"])
        worth = {"max_score": points, "cell_type": cell["cell_type"]}
    part = insert(connection, KINDS[kind]).on_conflict_do_update(
        index_elements=["id"], set_=worth or {"id": key}
    )
    connection.execute(part, {"id": key, **worth})


def _source(connection: Connection, notebook: str, name: str, cell: Cell) -> None:
    values = {
        "cell_type": cell["cell_type"],
        "locked": _locked(cell),
        "source": cells.source(cell),
        "checksum": cells.nbgrader(cell).get("checksum"),
    }
    keyed = insert(connection, api.SourceCell).on_conflict_do_update(
        index_elements=["name", "notebook_id"], set_=values
    )
    connection.execute(keyed, {"name": name, "notebook_id": notebook, **values})
