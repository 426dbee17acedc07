"""Is everything that was acknowledged still there, bit for bit? A sentence for each thing that is
not: in store.db, in the objects, and in submitted/ beside them."""

from __future__ import annotations

import glob

from autograder.collecting import requests
from autograder.collecting.database import Database, row_faults
from autograder.collecting.store import Store
from autograder.collecting.submitted import standing_files
from autograder.model import Course, CourseError


def verify(course: Course) -> list[str]:
    """What is wrong with the store; [] where every hand-in can be read as it was taken."""
    database = Database(course)
    message = database.integrity_faults()
    message += row_faults(database, "hand_ins", "hand-in")
    message += row_faults(database, "rejected_files", "rejected file")
    message += requests.faults(database)
    for (assignment,) in database.rows("SELECT DISTINCT assignment FROM hand_ins"):
        store = Store(course, assignment)
        message += [*_unindexed(store), *_damaged(store), *_foreign(course, store, assignment)]
    return message


def _unindexed(store: Store) -> list[str]:
    """Hand-ins that a receipt would not lead to, since the index of files lacks one of theirs."""
    query = "SELECT number, digest FROM hand_in_files WHERE assignment = ?"
    indexed = set(store.database.rows(query, store.assignment))
    files = {(h.number, digest): h for h in store.all() for _, digest in h.files}
    return [
        f"hand-in {number} of '{store.assignment}' in {store.database.path} is not listed under "
        f"its file {digest[:12]}."
        for number, digest in sorted(set(files) - indexed)
    ]


def _damaged(store: Store) -> list[str]:
    message = []
    for hand_in in store.all():
        try:
            store.read(hand_in)
        except CourseError as fault:
            message.append(str(fault))
    return message


def _foreign(course: Course, store: Store, assignment_id: str) -> list[str]:
    """What stands in submitted/ and was never kept: put there by hand, or changed there."""
    message = []
    for folder in sorted(course.submitted.glob(f"*/{glob.escape(assignment_id)}")):
        unknown = store.lacks(folder.parent.name, standing_files(folder))
        if unknown:
            message.append(
                f"{folder} holds {', '.join(unknown)}, which the store does not. Taken in, or "
                f"told why not, with: autograder collect {assignment_id} {course.submitted.name}"
            )
    return message
