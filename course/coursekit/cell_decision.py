"""What becomes of one cell of the course, looked at in the old release, the new one and the copy.

Where only one side changed it, that change counts. Where both did, the student's text stays and the
new one stands below it in a text cell. Tests and read-only cells are the course's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coursekit.notebook import Cell, is_code, meta, name, source
from coursekit.plain_cell import as_kind, has_released_text, has_same_text, is_answer, is_locked

COURSE_FLAGS = ("nbgrader", "deletable", "editable")
BOTH_CHANGED = (
    "**The course's new text of the cell above (`{name}`).** You and the course have both changed "
    "that cell. Your text was left as it is. Copy from here what you need, then delete this cell."
)
DIFFERENT = (
    "**The course's text of the cell above (`{name}`).** It differs from yours, which was left as "
    "it is. Copy from here what you need, then delete this cell."
)
RESTORED = (
    "**Your text of the cell above (`{name}`).** That cell is the course's, and its text is in "
    "place again. Copy from here what you need, then delete this cell."
)


@dataclass(frozen=True)
class Decision:
    """The cells that stand for one cell of the course: none, itself, or itself and a text cell.

    sentence: what changed, "" where nothing did; attention: whether the student has to look.
    """

    cells: tuple[Cell, ...] = ()
    sentence: str = ""
    attention: bool = False


def decide(old: Cell | None, student: Cell | None, new: Cell | None) -> Decision:
    """What becomes of a cell; None where it is absent, or the old release is not at hand.

    The cells are plain ones, and `new` has an id.
    """
    if student is None:
        return _absent(old, new)
    if new is None:
        return _removed(old, student)
    if has_same_text(student, new):
        return Decision((_combined(student, new),))
    if _is_untouched(old, student):
        return Decision(
            (_replaced(student, new),), "The course has changed it; the new text is in."
        )
    if is_locked(new):
        return Decision(
            (_replaced(student, new), _note(RESTORED, new, student)),
            "You had changed this cell of the course. The course's text is in place again, and "
            "yours is below it.",
            attention=True,
        )
    if _is_unchanged_by_course(old, student, new):
        return Decision((_combined(student, new),))
    return _beside(old, student, new)


def _beside(old: Cell | None, student: Cell, new: Cell) -> Decision:
    """The student's text, and the course's below it."""
    if old is None:
        opening = DIFFERENT
        sentence = "It differs from the course's. Your text stays, and the course's is below it."
    else:
        opening = BOTH_CHANGED
        sentence = (
            "You and the course have both changed it. Your text stays, and the course's new text "
            "is below it."
        )
    return Decision((_combined(student, new), _note(opening, new, new)), sentence, attention=True)


def as_own_cell(cell: Cell) -> Cell:
    """The cell as one that the student added: graders leave it alone, and it can be deleted."""
    metadata = {key: value for key, value in cell["metadata"].items() if key not in COURSE_FLAGS}
    return {**cell, "metadata": metadata}


def _absent(old: Cell | None, new: Cell | None) -> Decision:
    if new is None:
        return Decision()
    if old is None:
        return Decision((new,), "It is new in your notebook.")
    if meta(new) and (is_answer(new) or is_locked(new)):
        return Decision((new,), "It was missing and is put back, because it is graded.")
    if has_same_text(old, new):
        return Decision()
    return Decision(
        (new,),
        "It was not found in your notebook. The course has changed it, so it is there again.",
    )


def _removed(old: Cell | None, student: Cell) -> Decision:
    if _is_untouched(old, student):
        return Decision((), "The course has taken it out.")
    return Decision(
        (as_own_cell(student),),
        "The course has taken it out. You had changed it, so your text stays as a cell of your "
        "own.",
        attention=bool(meta(student)),
    )


def _is_untouched(old: Cell | None, student: Cell) -> bool:
    return (old is not None and has_same_text(old, student)) or has_released_text(student)


def _is_unchanged_by_course(old: Cell | None, student: Cell, new: Cell) -> bool:
    """Without the old release, the checksum in the student's copy stands for the old text; without
    that, an answer that holds every line of the new stub was written into it."""
    if old is not None:
        return has_same_text(old, new)
    checksum = meta(student).get("checksum")
    if checksum is not None and checksum == meta(new).get("checksum"):
        return True
    return is_answer(new) and _stub_lines(new) <= _stub_lines(student)


def _stub_lines(cell: Cell) -> set[str]:
    """The lines of a cell without the one that says that nothing is written yet."""
    lines = (line.strip() for line in source(cell).split("\n"))
    return {line for line in lines if line and "NotImplementedError" not in line}


def _combined(student: Cell, new: Cell) -> Cell:
    """The student's text and outputs, with the course's id and metadata."""
    kind = new["cell_type"] if is_answer(new) else student["cell_type"]
    extra = {k: v for k, v in as_own_cell(student)["metadata"].items() if k != "tags"}
    metadata = {**extra, **new["metadata"]}
    return {**as_kind(student, kind), "id": new["id"], "metadata": metadata}


def _replaced(student: Cell, new: Cell) -> Cell:
    """The course's text with the course's metadata; what else the student's cell said stays."""
    return {**new, "metadata": _combined(student, new)["metadata"]}


def _note(opening: str, new: Cell, quoted_cell: Cell) -> Cell:
    """A text cell that shows the text of `quoted_cell`: code between fences, text as it is."""
    text = f"{opening.format(name=name(new))}\n\n{_fenced(quoted_cell)}"
    note: Cell = {"cell_type": "markdown", "metadata": {}, "source": text}
    note["id"] = f"{new['id'][:60]}-new"
    if quoted_cell.get("attachments"):
        note["attachments"] = quoted_cell["attachments"]
    return note


def _fenced(cell: Cell) -> str:
    if cell["cell_type"] == "markdown":
        return source(cell)
    longest = max(map(len, re.findall(r"`{3,}", source(cell))), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{'python' if is_code(cell) else ''}\n{source(cell)}\n{fence}"
