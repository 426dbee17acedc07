"""A course root becomes a `Course`: from course/syllabus.toml, or from source/ alone.

Any nbgrader course can be opened: where there is no syllabus its assignments are the folders of
`source/` that hold a notebook.
"""

from __future__ import annotations

import tomllib
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
    syllabus = root / "course" / "syllabus.toml"
    rows, name = _read(syllabus) if syllabus.exists() else ({}, places.course_id)
    return Course(
        root=root,
        name=places.course_id or name or root.name,
        assignments=_assignments(places.source, rows),
        ours=bool(rows),
        source=places.source,
        release=places.release,
        submitted=places.submitted,
        autograded=places.autograded,
        feedback=places.feedback,
        db_url=places.db_url,
    )


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise CourseError(f"{path} is not valid TOML: {fault}.") from fault
    return {row["id"]: row for row in table.get("assignment", [])}, table.get("course", "")


def _assignments(source: Path, rows: dict[str, dict[str, Any]]) -> tuple[Assignment, ...]:
    """Rows of the syllabus in its order, then folders of source/ that it does not list."""
    folders = {p.name: _notebooks(p) for p in sorted(source.iterdir()) if p.is_dir()}
    listed = [_from_row(row, folders.get(key, ())) for key, row in rows.items()]
    unlisted = [Assignment(id=k, notebooks=v) for k, v in folders.items() if v and k not in rows]
    return tuple(listed + unlisted)


def _notebooks(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob("*.ipynb")))


def _from_row(row: dict[str, Any], notebooks: tuple[str, ...]) -> Assignment:
    return Assignment(
        id=row["id"],
        notebooks=notebooks,
        title=row.get("title", ""),
        track=row.get("track", ""),
        chapter=row.get("chapter", ""),
        prerequisites=tuple(row.get("prerequisites", ())),
        exports=row.get("exports", ""),
        due=row.get("due"),
        minutes=row.get("minutes", 0),
    )
