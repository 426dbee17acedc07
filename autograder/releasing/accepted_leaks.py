"""The leaks that an instructor has looked at and accepted, in `accepted_leaks.json` of the course.

Each is one text of one cell: what else is written into that cell later is asked about anew. The
file is committed with the course.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from autograder.files import sha256, write_file
from autograder.model import Assignment, Course, CourseError
from autograder.notebook.cells import Notebook
from autograder.releasing.leaks import Leak
from autograder.releasing.secret_texts import cells_with_secrets

Entry = dict[str, str]


def path_of(course: Course) -> Path:
    return course.root / "accepted_leaks.json"


def refused(course: Course, assignment: Assignment, leaks: Iterable[Leak]) -> list[Leak]:
    """The leaks that nobody has accepted."""
    accepted = {(row["cell"], row["sha256"]) for row in _rows(course).get(assignment.id, ())}
    return [leak for leak in leaks if _key(leak) not in accepted]


def accept(course: Course, assignment: Assignment, leaks: Iterable[Leak]) -> None:
    """Puts the leaks among those that are accepted."""
    rows = _rows(course)
    of_assignment = {(row["cell"], row["sha256"]): row for row in rows.get(assignment.id, ())}
    for leak in leaks:
        of_assignment[_key(leak)] = _entry(leak)
    rows[assignment.id] = [of_assignment[key] for key in sorted(of_assignment)]
    text = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_file(path_of(course), text.encode())


def check_cells(assignment: Assignment, sources: Iterable[Notebook], names: Iterable[str]) -> None:
    """Raises CourseError where one of `names` is no cell that a release takes something out of."""
    cell_names = list(
        dict.fromkeys(name for source in sources for name in cells_with_secrets(source))
    )
    for name in names:
        if name not in cell_names:
            raise CourseError(
                f"{assignment.id} has no cell '{name}' with a solution, hidden test or mark "
                f"scheme, so no leak of it can be accepted. It has: "
                f"{', '.join(cell_names) or 'none'}."
            )


def _rows(course: Course) -> dict[str, list[Entry]]:
    path = path_of(course)
    if not path.is_file():
        return {}
    try:
        rows: dict[str, list[Entry]] = json.loads(path.read_text(encoding="utf-8"))
        for entries in rows.values():
            for entry in entries:
                entry["cell"], entry["sha256"]
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise CourseError(
            f"{path} should hold, for each assignment, a list of accepted leaks with a cell and a "
            f"sha256, but cannot be read so ({fault}). Restore it, or delete it and accept anew."
        ) from fault
    return rows


def _key(leak: Leak) -> tuple[str, str]:
    return leak.secret.cell, sha256(leak.secret.text)


def _entry(leak: Leak) -> Entry:
    cell, digest = _key(leak)
    return {
        "cell": cell,
        "kind": leak.secret.kind,
        "excerpt": leak.secret.excerpt,
        "sha256": digest,
    }
