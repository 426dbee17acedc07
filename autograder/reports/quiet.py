"""Who has gone quiet: handed in before, and none of the last assignments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

LAST = 2  # assignments


@dataclass(frozen=True)
class Quiet:
    """A student who has stopped. last: the id of the last assignment handed in, '' for none at
    all, which only a roster can tell. missed_ids: those since."""

    student: str
    handed_in: int
    last: str
    missed_ids: tuple[str, ...]


def quiet(
    handed_in: Sequence[tuple[str, Collection[str]]], members: Collection[str] = ()
) -> list[Quiet]:
    """The quiet students, who stopped first at the top.

    handed_in: (assignment id, its students) of every assignment that is over, in order. members:
    who is in the class; () where nobody knows, then only who ever handed in is looked at.
    """
    ids = [assignment for assignment, _ in handed_in]
    if len(ids) < LAST:
        return []
    student_ids = set(members) or {student for _, students in handed_in for student in students}
    quiet_students = []
    for student in student_ids:
        places = [i for i, (_, students) in enumerate(handed_in) if student in students]
        since = places[-1] + 1 if places else 0
        if len(ids) - since >= LAST:
            last = ids[places[-1]] if places else ""
            quiet_students.append(Quiet(student, len(places), last, tuple(ids[since:])))
    return sorted(quiet_students, key=lambda q: (-len(q.missed_ids), q.student))
