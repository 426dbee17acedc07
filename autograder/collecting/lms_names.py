r"""Whose file is it? From the names an LMS, nbgrader or a person gave, outermost first.

The outer names come from the LMS, the inner ones from the student, so the first name that decides
wins and nobody can hand in as somebody else. The student id made from each:

    nbgrader      STUDENT/ID/file                                    STUDENT
    exchange      STUDENT+ID+TIME[+random]/file                      STUDENT
    Canvas        NAME[_LATE]_USER_ATTACHMENT_file                   NAME_USER
                  [LATE_]anon_CODE_ATTACHMENT_file                   anon_CODE
    Moodle        NAME_NUMBER_assignsubmission_file[_]/file          NAME_NUMBER
                  NAME_NUMBER_assignsubmission_file_file             NAME_NUMBER
                  GROUP[_NUMBER]_assignsubmission_file/file          GROUP[_NUMBER]
    zip_collect   [ID_]STUDENT_attempt_TIME_file, ID_STUDENT[_a_TIME]/file   STUDENT
    course submit ID_STUDENT_attempt_TIME.zip                        STUDENT
    by hand       STUDENT_NOTEBOOK.ipynb, NOTEBOOK_STUDENT.ipynb, STUDENT.zip, STUDENT/file,
                  STUDENT.ipynb where the assignment has one notebook          STUDENT

NAME is what the LMS writes: lower case without punctuation on Canvas, in full on Moodle. Moodle's
NUMBER is one per assignment and participant. The names are those of Canvas's content_zipper.rb and
Moodle's mod/assign/classes/downloader.php.

To add an LMS: write a function like `_moodle`, which returns the NameParts of one folder's or
file's name or None, add it to SCHEMES, and an example to SCHEMES in test_collect.py. Canvas's LATE
mark is ignored: what is late follows from the time in timestamp.txt (see `time_stamps`) and the
assignment's due date, which both go into nbgrader's gradebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from autograder.collecting.inbox import same_name
from autograder.collecting.student_ids import student_id
from autograder.collecting.time_stamps import parse_time

WRAPPERS = {"archive", "downloaded", "extracted", "inbound", "inbox", "submissions", "submitted"}
ZIP_COLLECT = {"archive", "downloaded", "extracted"}
EXCHANGE = re.compile(r"(?P<name>.+)\+(?P<id>[^+]+)\+(?P<when>\d{4}-[^+]*(?: \+\d{4})?)(?:\+.+)?")
MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<lms>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.S
)
CANVAS = re.compile(
    r"(?:(?P<name>\w*?)_)??(?:LATE_)?(?P<lms>\d+|anon_[A-Za-z0-9]+)_(?P<number>[1-9]\d*)_(?P<file>.+)",
    re.S,
)
CANVAS_TEXT = re.compile(
    r"(?:(?P<name>\w*?)_)??(?:LATE_)?(?P<lms>\d+|anon_[A-Za-z0-9]+)_(?P<file>(?:text|link)\.html)"
)
ATTEMPT = re.compile(
    r"(?P<name>.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:\.zip|[_\W](?P<file>.+))?", re.S
)
LETTERED = re.compile(r"(?P<name>.+?)_[ab]_(?P<when>\d{4}(?:-\d\d){5})")
COPY = re.compile(r"(?i)(?:[-_ ]\(?(\d{1,3})\)?|\((\d{1,3})\)|[-_ ]+(?:copy|kopie)\s?\d{0,3})$")
TIME_SUFFIX = re.compile(
    r"[-_ ]?(\d{4})-?(\d\d)-?(\d\d)[T_-](\d\d)[-:]?(\d\d)[-:]?(\d\d)(?:\.\d+)?Z?$"
)


@dataclass(frozen=True)
class AssignmentNames:
    """What decides about names: the assignment's id, all ids, and its notebooks' names."""

    id: str
    ids: frozenset[str]
    notebooks: tuple[str, ...]


@dataclass(frozen=True)
class Owner:
    """A file's student, and its name as the student gave it.

    container is the folder or zip that is one hand-in, () where files hang together by their names
    only. number is the LMS's count of uploads (Canvas's attachment). A student of None: not ours
    to collect (another assignment, Moodle's online text); '': nobody is named.
    """

    student: str | None
    file: tuple[str, ...]
    container: tuple[str, ...] = ()
    when: datetime | None = None
    number: int = 0


@dataclass(frozen=True)
class NameParts:
    """What one part of the way says: the student, what is left of the part, and when."""

    student: str | None
    file: str = ""
    when: datetime | None = None
    number: int = 0


def owner(parts: tuple[str, ...], names: AssignmentNames, wrappers: set[tuple[str, ...]]) -> Owner:
    """Who handed in the file at `parts`; `wrappers` are folders and zips that say nothing."""
    depth = 0
    while depth < len(parts) - 1 and parts[: depth + 1] in wrappers:
        depth += 1
    part, inner, container = parts[depth], parts[depth + 1 :], parts[: depth + 1]
    named = by_scheme(part, names) or _by_hand(part, inner, names)
    if inner and part.lower().endswith(".zip"):
        when = named.when or claimed_time(named.file)
        return Owner(named.student, inner, container, when, named.number)
    if inner:
        return _in_folder(named, inner, container, names)
    return Owner(named.student, (named.file,), (), named.when, named.number)


def _in_folder(
    named: NameParts, inner: tuple[str, ...], container: tuple[str, ...], names: AssignmentNames
) -> Owner:
    """nbgrader's STUDENT/ID/file loses its ID; a zip inside the folder is a hand-in of its own."""
    if len(inner) > 1 and inner[0] in names.ids:
        named = named if inner[0] == names.id else NameParts(None)
        container, inner = (*container, inner[0]), inner[1:]
    for depth, part in enumerate(inner[:-1], start=1):
        if part.lower().endswith(".zip"):
            zip_box = (*container, *inner[:depth])
            return Owner(named.student, inner[depth:], zip_box, claimed_time(part), named.number)
    return Owner(named.student, inner, container, named.when, named.number)


def by_scheme(part: str, names: AssignmentNames) -> NameParts | None:
    """What an LMS or nbgrader wrote into the name; None where it is not one of their names."""
    readings = (read(part, names) for read in SCHEMES)
    return next((reading for reading in readings if reading is not None), None)


def _exchange(part: str, names: AssignmentNames) -> NameParts | None:
    match = EXCHANGE.fullmatch(part)
    when = parse_time(match["when"]) if match else None
    if not match or not when:
        return None
    return NameParts(student_id(match["name"]) if match["id"] == names.id else None, when=when)


def _moodle(part: str, names: AssignmentNames) -> NameParts | None:
    match = MOODLE.fullmatch(part)
    if not match or not (match["name"] or match["lms"]):
        return None
    student = student_id(match["name"], match["lms"] or "") if match["kind"] == "file" else None
    return NameParts(student, match["file"] or "")


def _attempt(part: str, names: AssignmentNames) -> NameParts | None:
    match = ATTEMPT.fullmatch(part)
    if not match:
        return None
    name = match["name"].removeprefix(f"{names.id}_")
    return NameParts(student_id(name), match["file"] or "", parse_time(match["when"]))


def _canvas(part: str, names: AssignmentNames) -> NameParts | None:
    match = CANVAS.fullmatch(part)
    if not match:
        text = CANVAS_TEXT.fullmatch(part)
        return (
            NameParts(student_id(text["name"] or "", text["lms"]), text["file"]) if text else None
        )
    by_hand = not _like_a_notebook(match["file"], names) and _beside_notebook(part, names)
    if by_hand or match["file"].startswith("attempt_"):
        return None
    student = student_id(match["name"] or "", match["lms"])
    return NameParts(student, match["file"], number=int(match["number"]))


# the first that reads a name decides
SCHEMES: tuple[Callable[[str, AssignmentNames], NameParts | None], ...] = (
    _exchange,
    _moodle,
    _canvas,
    _attempt,
)


def _like_a_notebook(name: str, names: AssignmentNames) -> bool:
    stem = undecorated(name.rpartition(".")[0])[0]
    return same_name(stem) in {same_name(n) for n in (*names.notebooks, names.id)}


def _by_hand(part: str, inner: tuple[str, ...], names: AssignmentNames) -> NameParts:
    """A name that a person gave: a folder, a zip, or a notebook with the student's name in it."""
    stem, dot, ending = part.rpartition(".")
    zipped = bool(dot) and ending.lower() == "zip"
    if inner and not zipped:
        return _folder_by_hand(part, names)
    if not zipped and ending.lower() != "ipynb":
        return NameParts("", part)
    base, when = _without_stamp(stem)
    if _like_a_notebook(f"{base}.", names):
        return NameParts("", part, when)
    split = _beside_notebook(f"{base}.{ending}", names)
    if split:
        return NameParts(student_id(split[0]), f"{split[1]}.{ending}", when)
    if zipped or len(names.notebooks) == 1:
        file = part if zipped else f"{names.notebooks[0]}.ipynb"
        return NameParts(student_id(re.sub(r" \(\d{1,3}\)$", "", stem)), file, when)
    return NameParts("", part)


def _folder_by_hand(part: str, names: AssignmentNames) -> NameParts:
    name = part.removeprefix(f"{names.id}_")
    lettered = LETTERED.fullmatch(name) if name != part else None
    if lettered:
        return NameParts(student_id(lettered["name"]), when=parse_time(lettered["when"]))
    return NameParts(student_id(name))


def _beside_notebook(part: str, names: AssignmentNames) -> tuple[str, str] | None:
    """(student, notebook) of STUDENT_NOTEBOOK.ipynb or NOTEBOOK_STUDENT.ipynb, copies too."""
    stem = part.rpartition(".")[0]
    for name in sorted({*names.notebooks, names.id}, key=len, reverse=True):
        before = re.fullmatch(rf"(?is)(.+?)[-_ .+]+({re.escape(name)})(.*)", stem)
        if before and undecorated(name + before[3])[0] == name:
            return before[1], name + before[3]
        after = re.fullmatch(rf"(?is){re.escape(name)}[-_ .+]+(.+)", stem)
        if after:
            return after[1], name
    return None


def undecorated(stem: str) -> tuple[str, int]:
    """A notebook's name without what browsers and LMSs add, and the number they added.

    `01_tensor-1`, `01_tensor (2)`, `01_tensor-Copy1`, `01_tensor - Kopie`: up to three digits.
    """
    number = 0
    base = stem.strip()
    for _ in range(3):
        match = COPY.search(base)
        if not match or not base[: match.start()].strip(" -_"):
            break
        number = max(number, int(match[1] or match[2] or 0))
        base = base[: match.start()].rstrip(" -")
    return base, number


def _without_stamp(stem: str) -> tuple[str, datetime | None]:
    """`01_tensor-20270101T120000Z` is a name and the time that `course submit` put behind it."""
    match = TIME_SUFFIX.search(stem)
    if not match or not stem[: match.start()]:
        return stem, None
    when = parse_time("-".join(match.groups()))
    return (stem[: match.start()], when) if when else (stem, None)


def claimed_time(archive: str) -> datetime | None:
    """When `course submit` made this zip, by its name: ID_STUDENT_attempt_TIME or ID-TIME."""
    attempt = ATTEMPT.fullmatch(archive)
    return parse_time(attempt["when"]) if attempt else _without_stamp(archive.rpartition(".")[0])[1]


def find_wrappers(
    paths: Iterable[tuple[str, ...]], names: AssignmentNames, inbox: str
) -> set[tuple[str, ...]]:
    """Folders and zips that stand around the hand-ins and name no student.

    By their name; or because there is nothing beside them (in zip_collect's archive/: whatever
    is beside them) and everything directly inside bears an LMS's name.
    """
    inside: dict[tuple[str, ...], set[str]] = {}
    for parts in paths:
        for depth in range(len(parts)):
            inside.setdefault(parts[:depth], set()).add(parts[depth])
    return set(_around((), inside, names, inbox in ZIP_COLLECT))


def _around(
    at: tuple[str, ...],
    inside: dict[tuple[str, ...], set[str]],
    names: AssignmentNames,
    trusted: bool,
) -> Iterator[tuple[str, ...]]:
    entries = inside.get(at, set())
    for name in entries:
        container = (*at, name)
        if container not in inside or by_scheme(name, names):
            continue
        stem = name[:-4] if name.lower().endswith(".zip") else name
        alone = trusted or len(entries) == 1
        is_wrapper = stem.lower() in WRAPPERS or (stem == names.id and name == stem)
        if is_wrapper or (alone and all(by_scheme(child, names) for child in inside[container])):
            yield container
            yield from _around(container, inside, names, trusted or stem.lower() in ZIP_COLLECT)
