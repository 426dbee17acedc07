"""A course root becomes a `Course`: from course/syllabus.toml, or from source/ alone.

Any nbgrader course can be opened: where there is no syllabus its assignments are the folders of
`source/` that hold a notebook.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from typing import Any

from autograder.model import Assignment, Course, CourseError
from autograder.settings import nbgrader_config


def open_course(root: Path) -> Course:
    """The course at `root`. Raises CourseError where there is no source/ folder to teach from."""
    root = root.resolve()
    places = nbgrader_config.folders(root)
    if not places.source.is_dir():
        raise CourseError(
            f"{root} is no course: a folder {places.source.name}/ with one folder per assignment "
            f"was needed. Run this in a course root, or name one with --course DIR."
        )
    table: dict[str, Any] = read_syllabus(root) or {"course": places.course_id}
    rows = {row["id"]: row for row in table.get("assignment", [])}
    return Course(
        root=root,
        name=places.course_id or table.get("course") or root.name,
        assignments=_assignments(places.source, rows, places.time_zone),
        ours=bool(rows),
        source=places.source,
        release=places.release,
        submitted=places.submitted,
        autograded=places.autograded,
        feedback=places.feedback,
        db_url=places.db_url,
        time_zone=places.time_zone,
        title=table.get("course", ""),
        tracks=tuple(table.get("tracks", {}).items()),
        colab=table.get("colab", ""),
    )


def read_syllabus(root: Path) -> dict[str, Any]:
    """The table of course/syllabus.toml, {} where there is none. Raises CourseError where it cannot
    be read."""
    path = root / "course" / "syllabus.toml"
    if not path.exists():
        return {}
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise CourseError(f"{path} is not valid TOML: {fault}.") from fault
    except UnicodeDecodeError as fault:
        raise CourseError(f"{path} is not UTF-8 text (byte {fault.start}).") from fault
    if any("id" not in row for row in table.get("assignment", [])):
        raise CourseError(f'{path} has an [[assignment]] without an id. Add id = "..." to it.')
    return table


def _assignments(
    source: Path, rows: dict[str, dict[str, Any]], zone: tzinfo
) -> tuple[Assignment, ...]:
    """Rows of the syllabus in its order, then folders of source/ that it does not list."""
    folders = {p.name: _notebooks(p) for p in sorted(source.iterdir()) if p.is_dir()}
    listed = [_from_row(row, folders.get(key, ()), zone) for key, row in rows.items()]
    unlisted = [Assignment(id=k, notebooks=v) for k, v in folders.items() if v and k not in rows]
    return tuple(listed + unlisted)


def _notebooks(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob("*.ipynb")))


def _from_row(row: dict[str, Any], notebooks: tuple[str, ...], zone: tzinfo) -> Assignment:
    return Assignment(
        id=row["id"],
        notebooks=notebooks,
        title=row.get("title", ""),
        track=row.get("track", ""),
        chapter=row.get("chapter", ""),
        prerequisites=tuple(row.get("prerequisites", ())),
        exports=row.get("exports", ""),
        due=_due(row, zone),
        minutes=row.get("minutes", 0),
        points=row.get("points", 0),
    )


def _due(row: dict[str, Any], zone: tzinfo) -> datetime | None:
    """When an assignment is due: a day at its end; zone: of a time that names none."""
    due = row.get("due")
    if due is None or (isinstance(due, datetime) and due.tzinfo):
        return due
    if isinstance(due, datetime):
        return due.replace(tzinfo=zone)
    if isinstance(due, date):
        return datetime.combine(due, time(23, 59, 59), zone)
    raise CourseError(
        f"The syllabus says due = {due!r:.40} for '{row['id']}'; a TOML date or time was needed, "
        f"such as 2027-01-30 or 2027-01-30T18:00:00Z, without quotation marks."
    )
