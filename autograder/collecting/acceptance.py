"""Which files of a hand-in are taken, and why not the others? Decided from names and bytes only.

A file is taken under its released name when it can be graded; of the rest each gets the second
half of a sentence, which follows its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autograder.collecting.allow_list import AllowList, by_its_cells, released_name
from autograder.collecting.attempts import Found, Piece
from autograder.collecting.inbox import FILE_BYTES, RECEIPT, same_name
from autograder.collecting.student_ids import shown
from autograder.collecting.time_stamps import STAMP
from autograder.files import read_plain
from autograder.model import Assignment, CourseError
from autograder.notebook.validate import open_notebook, repeated_cells, wrong_assignment

ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True)
class Said:
    """A file and what is said of it."""

    found: Found
    message: str


@dataclass(frozen=True)
class Verdict:
    """The files that are taken, those that are not, and what is worth knowing of the taken."""

    pieces: tuple[Piece, ...]
    refused: tuple[Said, ...]
    notes: tuple[Said, ...]


def judge(found: Iterable[Found], assignment: Assignment, allowed: AllowList) -> Verdict:
    """Decide about every file of an inbox; timestamp.txt and receipt.json have had their say."""
    pieces: list[Piece] = []
    refused: list[Said] = []
    notes: list[Said] = []
    for one in found:
        if one.owner.file[-1].endswith((STAMP, RECEIPT)) and not one.item.message:
            continue
        try:
            piece, repeated = _taken(one, assignment, allowed)
        except CourseError as fault:
            refused.append(Said(one, str(fault)))
            continue
        pieces.append(piece)
        if repeated:
            cells = ", ".join(shown(cell) for cell in repeated)
            notes.append(Said(one, f"holds cell {cells} more than once."))
    return _named_first(pieces, refused, notes)


def _taken(one: Found, assignment: Assignment, allowed: AllowList) -> tuple[Piece, list[str]]:
    """The piece a file becomes, and its repeated cells. Raises CourseError with why it is not."""
    if one.item.message or one.item.path is None:
        raise CourseError(one.item.message)
    if not one.owner.student:
        raise CourseError(
            "names no student. Rename it STUDENT_NOTEBOOK.ipynb, or put it into a folder "
            "with the student's name."
        )
    known = released_name(one.owner.file, allowed)
    if not (known[0] if known else one.owner.file[-1]).lower().endswith(".ipynb"):
        if known is None and one.owner.file[-1].lower().endswith(ARCHIVES):
            raise CourseError("is an archive that is not opened. Hand in the notebook, or a zip.")
        if known is None:
            raise CourseError(_not_released(assignment, allowed))
        _bytes(one)  # what cannot be read is no piece of a hand-in
        return Piece(one, *known), []
    return _notebook(one, known, assignment, allowed)


def _notebook(
    one: Found, known: tuple[str, int] | None, assignment: Assignment, allowed: AllowList
) -> tuple[Piece, list[str]]:
    notebook = open_notebook(_bytes(one))
    fault = wrong_assignment(notebook, assignment.id, allowed.known)
    if fault:
        raise CourseError(fault)
    if known is not None:
        return Piece(one, *known), repeated_cells(notebook)
    target = by_its_cells(notebook, allowed)
    if target is None:
        raise CourseError(_not_released(assignment, allowed))
    return Piece(one, target, guessed=True), repeated_cells(notebook)


def _not_released(assignment: Assignment, allowed: AllowList) -> str:
    names = ", ".join(allowed.files[:6]) + (", ..." if len(allowed.files) > 6 else "")
    return f"was not released with '{assignment.id}' ({names}), so it is not taken along."


def _bytes(one: Found) -> bytes:
    if one.item.path is None:
        return b""
    try:
        return read_plain(one.item.path, FILE_BYTES)
    except OSError as fault:
        raise CourseError(f"cannot be read ({fault.strerror or fault}).") from fault


def _named_first(pieces: list[Piece], refused: list[Said], notes: list[Said]) -> Verdict:
    """A notebook known by its cells only gives way to one that also has the name."""
    named = {(p.found.owner.student, p.target) for p in pieces if not p.guessed}
    kept = []
    for piece in pieces:
        if not piece.guessed:
            kept.append(piece)
        elif (piece.found.owner.student, piece.target) in named:
            message = f"is another '{piece.target}'; the one so named is taken."
            refused.append(Said(piece.found, message))
        else:
            kept.append(piece)
            message = f"is taken as '{piece.target}', which its cells are from."
            notes.append(Said(piece.found, message))
    return Verdict(tuple(kept), tuple(refused), tuple(notes))


def only_capitals_apart(found: Iterable[Found], there: Iterable[str]) -> dict[str, str]:
    """Students whose id differs in nothing but capitals from another's, mapped to that other.

    there are the ids that already have a folder; they go first, then the order of the ids.
    """
    known = sorted(there)
    ids = [*known, *sorted({f.owner.student or "" for f in found} - set(known))]
    first: dict[str, str] = {}
    for name in ids:
        first.setdefault(same_name(name), name)
    return {name: first[same_name(name)] for name in ids if first[same_name(name)] != name}


def time_to_beat(
    one: Found, found: Iterable[Found], verdict: Verdict, allowed: AllowList
) -> datetime:
    """After which time another attempt of the student makes this refused file history.

    That of its whole folder or zip. Where files hang together by their names only: its own if the
    same released file came later, else that of the last file.
    """
    mates = [f for f in found if f.owner.student == one.owner.student]
    if one.owner.box:
        return max(f.when for f in mates if f.owner.box == one.owner.box)
    known = released_name(one.owner.file, allowed)
    later = [
        piece
        for piece in verdict.pieces
        if piece.found.owner.student == one.owner.student and piece.found.when > one.when
    ]
    if any(known and piece.target == known[0] for piece in later):
        return one.when
    return max((f.when for f in mates), default=one.when)
