"""Who has gone quiet: handed in before, and none of the last assignments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

LAST = 2  # assignments


@dataclass(frozen=True)
class Quiet:
    """A student who has stopped. last: the id of the last assignment handed in, '' for none at
    all, which only a roster can tell. missed: the ids since."""

    student: str
    handed_in: int
    last: str
    missed: tuple[str, ...]


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
    known = set(members) or {student for _, students in handed_in for student in students}
    found = []
    for student in known:
        places = [i for i, (_, students) in enumerate(handed_in) if student in students]
        since = places[-1] + 1 if places else 0
        if len(ids) - since >= LAST:
            last = ids[places[-1]] if places else ""
            found.append(Quiet(student, len(places), last, tuple(ids[since:])))
    return sorted(found, key=lambda q: (-len(q.missed), q.student))
