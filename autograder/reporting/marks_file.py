"""A file of marks for an LMS or a spreadsheet: JSON with every mark, CSV with a row each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from autograder.model import Grade, Mark
from autograder.reporting import table_file
from autograder.reporting.table_file import Value

HEAD = ("student", "assignment", "score", "max_score", "status", "submitted_at")
LATE = ("points before penalty", "late penalty", "lateness")
GROUP = ("group", "handed in by")
WITHOUT_SCORE = ("no hand-in", "not graded")
FORKED = "tested beside the student's code"


def to_json(grades: Iterable[Grade]) -> str:
    """A list of grades, in the order given; times are ISO 8601 in UTC, null where unknown.

    Of whom nothing was handed in or could be graded, score and max_score are null. `points`,
    `lateness`, `group` and `handed_in_by` are there where they say something.
    """
    rows = [
        _row(grade)
        | {"late_penalty": _number(grade.late_penalty)}
        | ({"points": _number(grade.points), "lateness": grade.late_reason} if _late(grade) else {})
        | ({"group": grade.group, "handed_in_by": grade.handed_in_by} if grade.group else {})
        | {"isolation": grade.isolation, "integration": grade.integration}
        | {"marks": [_mark(mark) for mark in grade.marks]}
        for grade in grades
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _late(grade: Grade) -> bool:
    return bool(grade.late_penalty or grade.late_reason)


def _row(grade: Grade) -> dict[str, Any]:
    is_scored = grade.status not in WITHOUT_SCORE
    return {
        "student": grade.student,
        "assignment": grade.assignment,
        "score": _number(grade.score) if is_scored else None,
        "max_score": _number(grade.max_score) if is_scored else None,
        "status": grade.status,
        "submitted_at": _time(grade.submitted_at),
    }


def _mark(mark: Mark) -> dict[str, Any]:
    extra = {"extra_credit": _number(mark.extra_credit)} if mark.extra_credit else {}
    return {
        "notebook": mark.notebook,
        "cell": mark.cell,
        "points": _number(mark.points),
        "out_of": _number(mark.out_of),
        "says": mark.message,
        "comment": mark.comment,
        "needs_review": mark.needs_review,
        "forked": mark.forked,
        **extra,
    }


def _number(points: float) -> int | float:
    """3 rather than 3.0, and 0.3 rather than 0.30000000000000004."""
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _time(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z") if when else None


def to_csv(grades: Iterable[Grade]) -> str:
    """One row per grade (RFC 4180), then a column of points for each graded cell.

    A cell's column bears its name, `notebook/cell` where two notebooks have one of that name. Who
    handed nothing in has no score, nor has a hand-in that could not be graded. Columns at the end
    are there where they say something: for lateness the points before it, what is taken off (the
    score is what remains) and why; for groups the name and who handed in; where tests ran beside
    the student's code, their cells. A text that a spreadsheet would run as a formula gets an
    apostrophe in front.
    """
    grades = list(grades)
    columns = _columns(grades)
    late = LATE if any(map(_late, grades)) else ()
    groups = GROUP if any(grade.group for grade in grades) else ()
    flags = [FORKED] if any(mark.forked for grade in grades for mark in grade.marks) else []
    rows = []
    for grade in grades:
        points = {(mark.notebook, mark.cell): _number(mark.points) for mark in grade.marks}
        forked = " ".join(columns[m.notebook, m.cell] for m in grade.marks if m.forked)
        ends: list[Value] = list(_lateness(grade)) if late else []
        ends += [grade.group, grade.handed_in_by] if groups else []
        ends += [forked] if flags else []
        rows.append([*_row(grade).values(), *(points.get(key) for key in columns), *ends])
    return table_file.to_csv((*HEAD, *columns.values(), *late, *groups, *flags), rows)


def _lateness(grade: Grade) -> tuple[Value, Value, Value]:
    if grade.status in WITHOUT_SCORE:
        return None, None, None
    return _number(grade.points), _number(grade.late_penalty), grade.late_reason


def _columns(grades: list[Grade]) -> Mapping[tuple[str, str], str]:
    """(notebook, cell) -> the column's name, in the order in which the cells first appear."""
    keys = list(dict.fromkeys((m.notebook, m.cell) for grade in grades for m in grade.marks))
    cells = [cell for _, cell in keys]
    return {
        (notebook, cell): cell
        if cells.count(cell) == 1 and cell not in HEAD
        else f"{notebook}/{cell}"
        for notebook, cell in keys
    }
