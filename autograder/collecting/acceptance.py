"""Which files of a hand-in are taken, and why not the others? Decided from names and bytes only.

A file is taken under its released name when it can be graded; of the rest each gets the second
half of a sentence, which follows its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from autograder.collecting.allow_list import AllowList, by_its_cells, released_name
from autograder.collecting.attempts import DatedFile, Piece
from autograder.collecting.copied_names import same_name
from autograder.collecting.inbox import ARCHIVES
from autograder.collecting.inbox_items import FILE_BYTES, RECEIPT
from autograder.collecting.student_ids import escape
from autograder.collecting.time_stamps import STAMP
from autograder.files import read_plain
from autograder.model import Assignment, CourseError
from autograder.notebook.validate import (
    grade_traces,
    open_notebook,
    repeated_cells,
    traces,
    wrong_assignment,
)

NAMED_FILES = 20  # refused files of one hand-in


@dataclass(frozen=True)
class Remark:
    """A file and what is said of it."""

    file: DatedFile
    message: str


@dataclass(frozen=True)
class Verdict:
    """The files that are taken, those that are not, and what is worth knowing of the taken."""

    pieces: tuple[Piece, ...]
    refused: tuple[Remark, ...]
    notes: tuple[Remark, ...]


def judge(files: Iterable[DatedFile], assignment: Assignment, allowed: AllowList) -> Verdict:
    """Decide about every file of an inbox; timestamp.txt and receipt.json have had their say."""
    pieces: list[Piece] = []
    refused: list[Remark] = []
    notes: list[Remark] = []
    for file in files:
        if file.owner.file[-1].endswith((STAMP, RECEIPT)) and not file.item.message:
            continue
        try:
            piece, repeated = _accept_file(file, assignment, allowed)
        except CourseError as fault:
            refused.append(Remark(file, str(fault)))
            continue
        pieces.append(piece)
        if repeated:
            cells = ", ".join(escape(cell) for cell in repeated)
            notes.append(Remark(file, f"holds cell {cells} more than once."))
    return _named_first(pieces, refused, notes)


def _accept_file(
    file: DatedFile, assignment: Assignment, allowed: AllowList
) -> tuple[Piece, list[str]]:
    """The piece a file becomes, and its repeated cells. Raises CourseError with why it is not."""
    if file.item.message or file.item.path is None:
        raise CourseError(file.item.message)
    kind = ARCHIVES.get(PurePath(file.owner.file[-1].lower()).suffix)
    released = released_name(file.owner.file, allowed)
    if kind and released is None:
        raise CourseError(f"is {kind}, which is not opened. Hand in the notebook, or a zip.")
    if not file.owner.student:
        raise CourseError(
            "names no student. Rename it STUDENT_NOTEBOOK.ipynb, or put it into a folder "
            "with the student's name."
        )
    if not (released[0] if released else file.owner.file[-1]).lower().endswith(".ipynb"):
        if released is None:
            raise CourseError(_not_released(assignment, allowed))
        _bytes(file)  # what cannot be read is no piece of a hand-in
        return Piece(file, *released), []
    return _notebook(file, released, assignment, allowed)


def _notebook(
    file: DatedFile, released: tuple[str, int] | None, assignment: Assignment, allowed: AllowList
) -> tuple[Piece, list[str]]:
    notebook = open_notebook(_bytes(file))
    if not grade_traces(traces(notebook)) & allowed.traces:
        fault = wrong_assignment(notebook, assignment.id, allowed.course_traces())
        if fault:
            raise CourseError(fault)
    if released is not None:
        return Piece(file, *released), repeated_cells(notebook)
    target = by_its_cells(notebook, allowed)
    if target is None:
        raise CourseError(_not_released(assignment, allowed))
    return Piece(file, target, guessed=True), repeated_cells(notebook)


def _not_released(assignment: Assignment, allowed: AllowList) -> str:
    names = ", ".join(allowed.files[:6]) + (", ..." if len(allowed.files) > 6 else "")
    return f"was not released with '{assignment.id}' ({names}), so it is not taken along."


def _bytes(file: DatedFile) -> bytes:
    if file.item.path is None:
        return b""
    try:
        return read_plain(file.item.path, FILE_BYTES)
    except OSError as fault:
        raise CourseError(f"cannot be read ({fault.strerror or fault}).") from fault


def _named_first(pieces: list[Piece], refused: list[Remark], notes: list[Remark]) -> Verdict:
    """A notebook known by its cells only gives way to one that also has the name."""
    named = {(p.file.owner.student, p.target) for p in pieces if not p.guessed}
    accepted = []
    for piece in pieces:
        if not piece.guessed:
            accepted.append(piece)
        elif (piece.file.owner.student, piece.target) in named:
            message = f"is another '{piece.target}'; the one so named is taken."
            refused.append(Remark(piece.file, message))
        else:
            accepted.append(piece)
            message = f"is taken as '{piece.target}', which its cells are from."
            notes.append(Remark(piece.file, message))
    return Verdict(tuple(accepted), tuple(refused), tuple(notes))


def named_one_by_one(refused: Iterable[Remark]) -> tuple[list[Remark], list[Remark]]:
    """(the refused files that are named one by one, a remark for each hand-in with many more).

    A hand-in of thousands of files that nobody released has a line for some of them, every fault
    among these, and one for the rest, of which no copy is kept.
    """
    boxes: dict[tuple[str, tuple[str, ...]], list[Remark]] = {}
    for remark in refused:
        box = remark.file.owner.student or "", remark.file.owner.container
        boxes.setdefault(box, []).append(remark)
    singly: list[Remark] = []
    summaries: list[Remark] = []
    for remarks in boxes.values():
        ordered = _one_of_each_fault_first(remarks)
        singly += ordered[:NAMED_FILES]
        more = len(ordered) - NAMED_FILES
        if more > 0:
            summaries.append(
                Remark(ordered[NAMED_FILES].file, f"and {more - 1} more were not taken.")
            )
    return singly, summaries


def _one_of_each_fault_first(remarks: list[Remark]) -> list[Remark]:
    """The first remark with each sentence, then the others, so that no fault is left unnamed."""
    first: dict[str, Remark] = {}
    for remark in remarks:
        first.setdefault(remark.message, remark)
    return [*first.values(), *(r for r in remarks if r is not first[r.message])]


def only_capitals_apart(files: Iterable[DatedFile], existing_ids: Iterable[str]) -> dict[str, str]:
    """Students whose id differs in nothing but capitals from another's, mapped to that other.

    existing_ids are the ids that already have a folder; they go first, then the order of the ids.
    """
    existing = sorted(existing_ids)
    ids = [*existing, *sorted({f.owner.student or "" for f in files} - set(existing))]
    first: dict[str, str] = {}
    for name in ids:
        first.setdefault(same_name(name), name)
    return {name: first[same_name(name)] for name in ids if first[same_name(name)] != name}


def time_to_beat(
    file: DatedFile, files: Iterable[DatedFile], verdict: Verdict, allowed: AllowList
) -> datetime:
    """After which time another attempt of the student makes this refused file history.

    That of its whole folder or zip. Where files hang together by their names only: its own if the
    same released file came later, else that of the last file.
    """
    mates = [f for f in files if f.owner.student == file.owner.student]
    if file.owner.container:
        return max(f.when for f in mates if f.owner.container == file.owner.container)
    released = released_name(file.owner.file, allowed)
    later = [
        piece
        for piece in verdict.pieces
        if piece.file.owner.student == file.owner.student and piece.file.when > file.when
    ]
    if any(released and piece.target == released[0] for piece in later):
        return file.when
    return max((f.when for f in mates), default=file.when)
