"""From a list of files with owners to each student's attempts, in the order they were handed in.

When a file was handed in is, in this order: what the exchange's folder, the file's name, a
timestamp.txt or a receipt.json beside it says (unless it lies in the future); the zip entry's time
or the file's, at the latest now; and between equal times Canvas's attachment number, then the
number that an LMS or a browser put behind the name. Canvas stamps all entries of a download with
the time of the download, so there the attachment number decides alone and no timestamp.txt is made
of it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from autograder.collecting.copied_names import undecorated
from autograder.collecting.inbox_items import RECEIPT, Item
from autograder.collecting.lms_names import Owner
from autograder.collecting.lms_schemes import SAKAI
from autograder.collecting.student_ids import student_id
from autograder.collecting.time_stamps import STAMP, parse_time, read_stamp, stamp
from autograder.files import read_plain

UNDATED = datetime(1991, 1, 1, tzinfo=UTC)
RECEIPT_BYTES = 1 << 20


@dataclass(frozen=True)
class DatedFile:
    """A file of the inbox with its owner and its time; `certain` where the time was recorded,
    `claimed` where it is what the student's own file or zip says."""

    owner: Owner
    item: Item
    when: datetime
    certain: bool
    claimed: bool = False


@dataclass(frozen=True)
class Piece:
    """A file that is taken: `target` is its released name. `guessed`: known by its cells only."""

    file: DatedFile
    target: str
    number: int = 0
    guessed: bool = False


@dataclass(frozen=True)
class Attempt:
    """What is handed in: its files by their released names, and when.

    certain: the time was recorded by the exchange, a receipt or the file's name; otherwise it is
    the time of a zip entry or of a file, which a new download changes. claimed: the student's own
    file says so, and nobody else. stamp is the timestamp.txt that goes with it, empty where the
    time says nothing about the handing in. upload: Canvas's number of its last file, which grows
    with each upload of anybody; 0 where there is none.
    """

    student: str
    files: tuple[tuple[str, Path], ...]
    when: datetime
    certain: bool
    stamp: str
    claimed: bool = False
    upload: int = 0


@dataclass(frozen=True)
class _Box:
    """What a folder's or zip's own name, timestamp.txt and receipt say: when, who, and whether
    that is the student's claim."""

    when: datetime | None = None
    student: str = ""
    claimed: bool = False


def dated(
    owned: list[tuple[Owner, Item]],
    now: datetime,
    by_course: bool = False,
    zone: tzinfo = UTC,
) -> list[DatedFile]:
    """Give every file its time, and a nameless zip the student that its receipt names.

    by_course: the files lie in submitted/, where each timestamp.txt is the course's own.
    zone: of a timestamp.txt that names none; in submitted/ such a one is in UTC.
    """
    boxes = _boxes(owned, now, by_course, zone)
    return _in_order([_dated(owner, item, boxes, now) for owner, item in owned])


def _dated(
    owner: Owner, item: Item, boxes: dict[tuple[str, ...], _Box], now: datetime
) -> DatedFile:
    box = boxes[owner.container] if owner.container else _Box()
    by_name = owner.when if owner.when and owner.when <= now else None
    certain = box.when or by_name
    when = certain or min(item.when or UNDATED, now)
    own_zip = bool(owner.container) and owner.container[-1].lower().endswith(".zip")
    claimed = box.claimed if box.when else owner.claimed if by_name else own_zip
    who = replace(owner, student=owner.student or box.student)
    return DatedFile(who, item, when, certain is not None, claimed and when != UNDATED)


def _boxes(
    owned: list[tuple[Owner, Item]], now: datetime, by_course: bool, zone: tzinfo
) -> dict[tuple[str, ...], _Box]:
    boxes: dict[tuple[str, ...], _Box] = {}
    for owner, item in owned:
        box = boxes.get(owner.container, _Box(owner.when, claimed=owner.claimed))
        if owner.file[-1] == STAMP and item.path:
            of_sakai = bool(owner.container and SAKAI.fullmatch(owner.container[-1]))
            by_lms = by_course or (of_sakai and item.parts[:-1] == owner.container)
            if not box.when or (box.claimed and by_lms):
                read_time = read_stamp if by_course else parse_time
                box = replace(
                    box, when=read_time(read_text(item.path, 200), zone), claimed=not by_lms
                )
        if owner.file[-1] == RECEIPT and item.path:
            receipt = _receipt(item.path)
            if not box.when:
                submitted_at = parse_time(str(receipt.get("submitted_at", "")))
                box = replace(box, when=submitted_at, claimed=True)
            box = replace(box, student=student_id(str(receipt.get("student") or "")))
        is_past = box.when is not None and box.when <= now
        boxes[owner.container] = box if is_past else replace(box, when=None)
    return boxes


def read_text(path: Path, limit: int) -> str:
    """The text of a file that says when or who; nothing where it cannot be read."""
    try:
        return read_plain(path, limit).decode("utf-8", "replace")
    except OSError:
        return ""


def _receipt(path: Path) -> dict[str, Any]:
    try:
        receipt = json.loads(read_text(path, RECEIPT_BYTES))
    except (ValueError, RecursionError):
        return {}
    return receipt if isinstance(receipt, dict) else {}


def _in_order(files: list[DatedFile]) -> list[DatedFile]:
    """Of one student's files with one uncertain time, the later one gets a later microsecond."""
    ordered, students = [f for f in files if f.certain], defaultdict(list)
    for file in files:
        if not file.certain:
            students[file.owner.student].append(file)
    for uncertain in students.values():
        numbered = [f.when for f in uncertain if f.owner.number]
        level = [replace(f, when=max(numbered)) if f.owner.number else f for f in uncertain]
        level.sort(key=lambda f: (f.when, f.owner.number, _suffix(f), f.item.parts))
        for rank, file in enumerate(level):
            later = sum(earlier.when == file.when for earlier in level[:rank])
            ordered.append(replace(file, when=file.when + timedelta(microseconds=later)))
    return ordered


def _suffix(file: DatedFile) -> int:
    return undecorated(Path(file.owner.file[-1]).stem)[1]


def hand_ins(student: str, pieces: Iterable[Piece], stamps: bool = True) -> list[Attempt]:
    """The student's hand-ins, oldest first. A folder or zip is one hand-in.

    Files that hang together by their names only are layered: the newest of each name make the
    latest hand-in, the next newest the one before. stamps: whether to write timestamp.txt files.
    """
    boxes = defaultdict(list)
    for piece in pieces:
        boxes[piece.file.owner.container].append(piece)
    layers = [layer for container in boxes.values() for layer in _layers(container)]
    attempts = [_attempt(student, layer, stamps) for layer in layers]
    return sorted(attempts, key=lambda attempt: attempt.when)


def _layers(pieces: list[Piece]) -> Iterator[list[Piece]]:
    newest_first = sorted(pieces, key=_order, reverse=True)
    layers: list[list[Piece]] = []
    copies: Counter[str] = Counter()  # of each target so far: the next one goes a layer down
    for piece in newest_first:
        layer = copies[piece.target]
        copies[piece.target] += 1
        if layer == len(layers):
            layers.append([])
        layers[layer].append(piece)
    yield from reversed(layers)


def _order(piece: Piece) -> tuple[datetime, int, int, bool, tuple[str, ...]]:
    exact = piece.file.owner.file[-1] == piece.target.rpartition("/")[2]
    way = piece.file.item.parts
    return piece.file.when, piece.file.owner.number, piece.number, exact, way


def _attempt(student: str, layer: list[Piece], stamps: bool) -> Attempt:
    when = max(piece.file.when for piece in layer)
    certain = all(piece.file.certain for piece in layer)
    download = any(piece.file.owner.number and not piece.file.certain for piece in layer)
    dated_at = when > UNDATED + timedelta(days=1)
    return Attempt(
        student=student,
        files=tuple((p.target, p.file.item.path) for p in layer if p.file.item.path),
        when=when,
        certain=certain,
        stamp=stamp(when) if stamps and dated_at and not download else "",
        claimed=any(piece.file.claimed for piece in layer),
        upload=max(piece.file.owner.number if piece.file.owner.user else 0 for piece in layer),
    )
