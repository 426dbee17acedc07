"""Whose is a file whose name can be read in two ways? Decided by the class list, or by nobody.

`lovelaceada_1843_1900_88001_hw1.ipynb` is what Canvas writes for Ada (1843) and her file
`88001_hw1.ipynb`, and for number 1900 with the name `lovelaceada_1843` and the file `hw1.ipynb`.
Names of people and of files are the students' own; Canvas's numbers are not. So the number of one
person of the class decides, and it is said. Where several fit, or none, the file is set aside; so
it is where the person has another file that nobody can take for somebody else's, since the class
list may lack the newest student and nothing may go in the place of a sure hand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from autograder.collecting.inbox_items import Item
from autograder.collecting.lms_names import Owner
from autograder.collecting.rejected import RejectedFile
from autograder.collecting.student_ids import escape, first_five

ClassIds = Callable[[Iterable[str]], Mapping[str, str]]


def settle(
    owned: Sequence[tuple[Owner, Item]], class_ids: ClassIds
) -> tuple[list[tuple[Owner, Item]], list[RejectedFile]]:
    """The files with one owner each, those that nobody can tell with a sentence in place of one;
    and a note for each name that the class list decided."""
    settled, notes = [], dict[str, RejectedFile]()
    sure = {owner.user for owner, _ in owned if not owner.rivals}
    persons: dict[tuple[Owner, ...], list[Owner]] = {}
    for owner, item in owned:
        readings = tuple(replace(o, file=(), rivals=()) for o in (owner, *owner.rivals))
        if len(readings) > 1 and readings not in persons:
            persons[readings] = [o for o in readings if _in_class(o, class_ids)]
        in_class = persons.get(readings, ())
        if len(readings) == 1:
            settled.append((owner, item))
        elif len(in_class) == 1 and in_class[0].user not in sure - {""}:
            chosen = (owner, *owner.rivals)[readings.index(in_class[0])]
            settled.append((replace(chosen, rivals=()), item))
            note = _decided(chosen, readings, item)
            notes.setdefault(note.message, note)
        else:
            settled.append(_undecided(owner, readings, item))
    return settled, list(notes.values())


def _in_class(owner: Owner, class_ids: ClassIds) -> bool:
    """Whether the class list has the id itself, or its number for the same person: a name alone is
    no proof here."""
    student = owner.student or ""
    person = class_ids([student]).get(student)
    by_number = class_ids([owner.user]).get(owner.user) if owner.user else None
    return person is not None and person in (student, by_number)


def _decided(chosen: Owner, readings: tuple[Owner, ...], item: Item) -> RejectedFile:
    other_students = first_five(o.student or "" for o in readings if o.student != chosen.student)
    name = escape("/".join(item.parts))
    message = (
        f"'{name}' is taken as of {chosen.student}; by its name it could be of "
        f"{other_students}, whom roster.csv does not have."
    )
    return RejectedFile(chosen.student or "", name, message)


def _undecided(owner: Owner, readings: tuple[Owner, ...], item: Item) -> tuple[Owner, Item]:
    """The file as nobody's, with the sentence that follows its name."""
    students = " or of ".join(f"'{o.student}'" for o in readings)
    message = (
        f"can be of {students}: somebody's name, or a file's, is made like the numbers of Canvas, "
        f"so it is taken for nobody. See in Canvas whose it is, and collect it anew as "
        f"STUDENT_NOTEBOOK.ipynb."
    )
    file = owner.file if owner.container else item.parts[-1:]
    nobody = Owner("", file, owner.container)
    return nobody, replace(item, message=item.message or message)
