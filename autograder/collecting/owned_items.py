"""The files of an inbox, or of submitted/ itself, each with whose it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.collecting import download_lists, request_files
from autograder.collecting.inbox import LAYOUTS, open_inbox
from autograder.collecting.inbox_items import RECEIPT, Item, Spool
from autograder.collecting.lms_names import (
    Owner,
    claimed_time,
    class_in_a_folder,
    find_layout,
    owner,
)
from autograder.collecting.lms_schemes import AssignmentNames
from autograder.model import Assignment, Course, CourseError


def read_inbox(
    course: Course, assignment: Assignment, path: Path, spool: Spool
) -> list[tuple[Owner, Item]]:
    """The files of an inbox with their owners. Raises CourseError where it holds no hand-in of the
    assignment, is a folder of the course, or has a class inside of one folder."""
    if path.is_dir() and _holds_the_course(course, path.resolve()):
        raise CourseError(f"{path} is a folder of this course, not an inbox. {LAYOUTS}")
    items = open_inbox(path, spool, named=claimed_time(path.name) is not None)
    ids = frozenset(a.id for a in course.assignments) | {assignment.id}
    names = AssignmentNames(
        assignment.id,
        ids,
        assignment.notebooks,
        submitters=download_lists.submitters(items),
        column=download_lists.column(items, assignment.id),
        zone=course.time_zone,
    )
    layout = find_layout((item.parts for item in items), names, path.resolve().name)
    owned = [(owner(item.parts, names, layout), item) for item in items if item.parts]
    naming = (RECEIPT, request_files.FILE)  # these say themselves whose they are
    if not any(o.student is None or o.student or o.file[-1] in naming for o, _ in owned):
        raise CourseError(f"{path} holds no hand-in of '{assignment.id}'. {LAYOUTS}")
    crowd = class_in_a_folder((owner for owner, _ in owned), names)
    if crowd:
        raise CourseError(
            f"Nothing of {path} was collected: {crowd}. If these are students, move their folders "
            f"or files to the top of the inbox. {LAYOUTS}"
        )
    return owned


def _holds_the_course(course: Course, path: Path) -> bool:
    """Whether `path` is the course's root, around it, or a folder that the course itself fills."""
    inputs = (course.source, course.release, course.autograded, course.feedback)
    filled = [*inputs, course.store, course.aside]
    return course.root.resolve().is_relative_to(path) or any(
        path.is_relative_to(folder.resolve()) for folder in filled
    )


def read_submitted(
    course: Course, assignment: Assignment, spool: Spool
) -> list[tuple[Owner, Item]]:
    """The files of submitted/<student>/<id>/, where the folder's name is the student's id."""
    owned = []
    for home in homes(course):
        folder = course.submitted / home / assignment.id
        if (course.submitted / home).is_symlink() or folder.is_symlink() or not folder.is_dir():
            continue
        for item in open_inbox(folder, spool):
            way = (home, assignment.id, *item.parts)
            zipped = [n for n, part in enumerate(way[:-1]) if part.lower().endswith(".zip")]
            container = way[: zipped[0] + 1] if zipped else way[:2]
            owned.append((Owner(home, way[len(container) :], container), replace(item, parts=way)))
    return owned


def homes(course: Course) -> list[str]:
    """The names of the folders in submitted/."""
    folders = course.submitted.iterdir() if course.submitted.is_dir() else ()
    return sorted(folder.name for folder in folders)
