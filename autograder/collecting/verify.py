"""Is everything that was acknowledged still there, bit for bit? A sentence for each thing that is
not: in the journals, in the objects, and in submitted/ beside them."""

from __future__ import annotations

from autograder.collecting.store import Store
from autograder.collecting.submitted import standing_files
from autograder.model import Course, CourseError


def verify(course: Course) -> list[str]:
    """What is wrong with the store; [] where every hand-in can be read as it was taken."""
    journals = sorted((course.store / "journal").glob("*.jsonl"))
    message: list[str] = []
    for path in journals:
        store = Store(course, path.stem)
        message += [*store.faults, *_damaged(store), *_foreign(course, store, path.stem)]
    return message


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
    for folder in sorted(course.submitted.glob(f"*/{assignment_id}")):
        unknown = store.lacks(folder.parent.name, standing_files(folder))
        if unknown:
            message.append(
                f"{folder} holds {', '.join(unknown)}, which the store does not. Taken in, or "
                f"told why not, with: autograder collect {assignment_id} {course.submitted.name}"
            )
    return message
