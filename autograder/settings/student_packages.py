"""The course's own packages as the students of an assignment have them.

A module that an assignment exports is an exercise until that assignment is behind a student: it is
there for the assignments that build on it, and left out for itself and for all others. Grading here
and the bundle for Otter both take the packages from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from autograder.model import Assignment, Course
from autograder.settings import packages

EVERYDAY_NAME = re.compile(r'\s+"\w+": "([\w.]+)",\s*$')  # in the __init__.py of a package


def with_everyday_names(init: str, is_kept: Callable[[str], bool]) -> str:
    """The text of a package's __init__.py with those everyday names only whose module, by its
    dotted name, `is_kept`."""
    lines = init.splitlines(keepends=True)
    return "".join(line for line in lines if not (m := EVERYDAY_NAME.match(line)) or is_kept(m[1]))


def dotted(module: str) -> str:
    """The dotted name of a module that an assignment exports."""
    return module.removesuffix(".py").replace("/", ".")


def chapters(course: Course, assignment: Assignment) -> list[Assignment]:
    """The chapters with a module that `assignment` builds on, earliest first."""
    ids: set[str] = set()
    waiting = list(assignment.prerequisites)
    while waiting:
        chapter = waiting.pop()
        if chapter not in ids:
            ids.add(chapter)
            waiting += course.assignment(chapter).prerequisites
    return [a for a in course.assignments if a.id in ids and a.exports]


def student_packages(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The files of the packages that the instructor's notebooks import, without what is still an
    exercise; by their path beside a notebook."""
    return dict(_files(course, assignment))


def _files(course: Course, assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    exercises = _exercises(course, assignment)
    own_packages = packages.course_packages(course, packages.imported(course, assignment))
    for name, folder in own_packages.items():
        for path in packages.files(folder):
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            if not inside.startswith(exercises):
                yield inside, path.read_bytes()
    syllabus = course.root / "course" / "syllabus.toml"
    if "coursekit" in own_packages and syllabus.is_file():
        yield "syllabus.toml", syllabus.read_bytes()


def _exercises(course: Course, assignment: Assignment) -> tuple[str, ...]:
    """How the paths of the modules begin that are written by this assignment and by those that it
    does not build on. A module may stand there compiled, as a folder, or as an editor's copy."""
    closed = {a.id for a in chapters(course, assignment)}
    modules = [a.exports for a in course.assignments if a.exports and a.id not in closed]
    return tuple(f"{module.removesuffix('.py')}{end}" for module in modules for end in "./")
