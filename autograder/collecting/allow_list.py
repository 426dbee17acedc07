"""Only what was released is taken: which released file is this, whatever happened to its name?

A submitted numpy.py would be imported instead of NumPy, so a file that was not released never
rides along. A notebook under another name is recognised by nbgrader's ids in its cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.collecting.copied_names import same_name, undecorated
from autograder.model import Assignment, Course, CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.validate import grade_traces, open_notebook, traces
from autograder.settings.grading_options import grading_options, is_accepted

SECRET = "submission_secret.txt"  # nbgrader's exchange writes it and later names the feedback by it


@dataclass(frozen=True)
class AllowList:
    """The released names of one assignment, and the traces of its notebooks.

    accepted_files: patterns of other files that the course lets students hand in. traces are those
    of all its notebooks together. course_traces() maps every assignment to its traces; it opens the
    others' notebooks, and is called for a file that does not match only.
    """

    files: tuple[str, ...]
    notebooks: Mapping[str, frozenset[str]]
    traces: frozenset[str]
    course_traces: Callable[[], Mapping[str, frozenset[str]]]
    accepted_files: tuple[str, ...] = ()


def allow_list(course: Course, assignment: Assignment) -> AllowList:
    """What a hand-in of `assignment` may hold. Raises CourseError where nothing was released."""
    folder = course.release / assignment.id
    released = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    files = released | {f"{name}.ipynb" for name in assignment.notebooks}
    if not files:
        raise CourseError(
            f"{folder} holds no released notebook, so no hand-in can be recognised. "
            f"Run: autograder release {assignment.id}"
        )
    notebooks = _traces(course, assignment)
    own_traces = frozenset().union(*notebooks.values())

    @cache
    def course_traces() -> Mapping[str, frozenset[str]]:
        neighbours = (a for a in course.assignments if a.id != assignment.id)
        return {**{a.id: _lenient_traces(course, a) for a in neighbours}, assignment.id: own_traces}

    accepted = grading_options(course).accepted_files
    return AllowList(tuple(sorted(files)), notebooks, own_traces, course_traces, accepted)


def _traces(course: Course, assignment: Assignment) -> dict[str, frozenset[str]]:
    """The traces of each notebook, as released; as written where it is not released yet."""
    traces_by_name = {}
    for name in assignment.notebooks:
        places = (
            root / assignment.id / f"{name}.ipynb" for root in (course.release, course.source)
        )
        path = next((place for place in places if place.is_file()), None)
        traces_by_name[f"{name}.ipynb"] = _read_traces(path) if path else frozenset()
    return traces_by_name


def _read_traces(path: Path) -> frozenset[str]:
    try:
        return traces(open_notebook(path.read_bytes()))
    except CourseError as fault:
        raise CourseError(f"'{path}' {fault}") from fault


def _lenient_traces(course: Course, assignment: Assignment) -> frozenset[str]:
    """An assignment's traces; none while its notebook is being written and does not open."""
    try:
        return frozenset().union(*_traces(course, assignment).values())
    except CourseError:
        return frozenset()


def released_name(file: tuple[str, ...], allowed: AllowList) -> tuple[str, int] | None:
    """(the released file, the number an LMS or a browser added); None where it is none of them.

    Folders may be lost or added around a name, as long as one released file alone has that name.
    """
    way = "/".join(file)
    if way == SECRET:
        return SECRET, 0
    for name, number in ((way, 0), _undecorated(way)):
        for alike in (same_name, cleaned):
            matches = [f for f in allowed.files if alike(f) == alike(name)]
            last = alike(name.rpartition("/")[2])
            matches = matches or [f for f in allowed.files if alike(Path(f).name) == last]
            if len(matches) == 1:
                return matches[0], number
    plain, number = _undecorated(file[-1])
    for name, count in ((file[-1], 0), (plain, number)):  # its folders go, as the notebook's do
        if name.isprintable() and is_accepted(name, allowed.accepted_files):
            return name, count
    return None


def _undecorated(way: str) -> tuple[str, int]:
    folder, slash, name = way.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    base, number = undecorated(stem)
    return f"{folder}{slash}{base}{dot}{ending}", number


def cleaned(name: str) -> str:
    """A name as LMSs write it: everything but letters, digits, dots and dashes is `_`."""
    return re.sub(r"[^\w.-]+", "_", same_name(name))


def by_its_cells(notebook: Notebook, allowed: AllowList) -> str | None:
    """The one released notebook whose nbgrader ids `notebook` carries, None if there is not one."""
    have = grade_traces(traces(notebook))
    matches = [name for name, ids in allowed.notebooks.items() if have & ids]
    return matches[0] if len(matches) == 1 else None
