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
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
STAMP = re.compile(r"[-_ ]?(\d{4})-?(\d\d)-?(\d\d)[T_-](\d\d)[-:]?(\d\d)[-:]?(\d\d)(?:\.\d+)?Z?$")


@dataclass(frozen=True)
class Wanted:
    """What decides about names: the assignment's id, all ids, and its notebooks' names."""

    id: str
    ids: frozenset[str]
    notebooks: tuple[str, ...]


@dataclass(frozen=True)
class Owner:
    """A file's student, and its name as the student gave it.

    box is the folder or zip that is one hand-in, () where files hang together by their names only.
    number is the LMS's count of uploads (Canvas's attachment). A student of None: not ours to
    collect (another assignment, Moodle's online text); '': nobody is named.
    """

    student: str | None
    file: tuple[str, ...]
    box: tuple[str, ...] = ()
    when: datetime | None = None
    number: int = 0


@dataclass(frozen=True)
class _Named:
    """What one part of the way says: the student, what is left of the part, and when."""

    student: str | None
    left: str = ""
    when: datetime | None = None
    number: int = 0


def owner(parts: tuple[str, ...], wanted: Wanted, wrappers: set[tuple[str, ...]]) -> Owner:
    """Who handed in the file at `parts`; `wrappers` are folders and zips that say nothing."""
    depth = 0
    while depth < len(parts) - 1 and parts[: depth + 1] in wrappers:
        depth += 1
    part, inner, box = parts[depth], parts[depth + 1 :], parts[: depth + 1]
    named = by_scheme(part, wanted) or _by_hand(part, inner, wanted)
    if inner and part.lower().endswith(".zip"):
        when = named.when or claimed_time(named.left)
        return Owner(named.student, inner, box, when, named.number)
    if inner:
        return _in_folder(named, inner, box, wanted)
    return Owner(named.student, (named.left,), (), named.when, named.number)


def _in_folder(
    named: _Named, inner: tuple[str, ...], box: tuple[str, ...], wanted: Wanted
) -> Owner:
    """nbgrader's STUDENT/ID/file loses its ID; a zip inside the folder is a hand-in of its own."""
    if len(inner) > 1 and inner[0] in wanted.ids:
        named = named if inner[0] == wanted.id else _Named(None)
        box, inner = (*box, inner[0]), inner[1:]
    for depth, part in enumerate(inner[:-1], start=1):
        if part.lower().endswith(".zip"):
            own = (*box, *inner[:depth])
            return Owner(named.student, inner[depth:], own, claimed_time(part), named.number)
    return Owner(named.student, inner, box, named.when, named.number)


def by_scheme(part: str, wanted: Wanted) -> _Named | None:
    """What an LMS or nbgrader wrote into the name; None where it is not one of their names."""
    return (
        _exchange(part, wanted) or _moodle(part) or _canvas(part, wanted) or _attempt(part, wanted)
    )


def _exchange(part: str, wanted: Wanted) -> _Named | None:
    found = EXCHANGE.fullmatch(part)
    when = parse_time(found["when"]) if found else None
    if not found or not when:
        return None
    return _Named(student_id(found["name"]) if found["id"] == wanted.id else None, when=when)


def _moodle(part: str) -> _Named | None:
    found = MOODLE.fullmatch(part)
    if not found or not (found["name"] or found["lms"]):
        return None
    student = student_id(found["name"], found["lms"] or "") if found["kind"] == "file" else None
    return _Named(student, found["file"] or "")


def _attempt(part: str, wanted: Wanted) -> _Named | None:
    found = ATTEMPT.fullmatch(part)
    if not found:
        return None
    name = found["name"].removeprefix(f"{wanted.id}_")
    return _Named(student_id(name), found["file"] or "", parse_time(found["when"]))


def _canvas(part: str, wanted: Wanted) -> _Named | None:
    found = CANVAS.fullmatch(part)
    if not found:
        text = CANVAS_TEXT.fullmatch(part)
        return _Named(student_id(text["name"] or "", text["lms"]), text["file"]) if text else None
    by_hand = not _like_a_notebook(found["file"], wanted) and _beside_notebook(part, wanted)
    if by_hand or found["file"].startswith("attempt_"):
        return None
    student = student_id(found["name"] or "", found["lms"])
    return _Named(student, found["file"], number=int(found["number"]))


def _like_a_notebook(name: str, wanted: Wanted) -> bool:
    stem = undecorated(name.rpartition(".")[0])[0]
    return same_name(stem) in {same_name(n) for n in (*wanted.notebooks, wanted.id)}


def _by_hand(part: str, inner: tuple[str, ...], wanted: Wanted) -> _Named:
    """A name that a person gave: a folder, a zip, or a notebook with the student's name in it."""
    stem, dot, ending = part.rpartition(".")
    zipped = bool(dot) and ending.lower() == "zip"
    if inner and not zipped:
        return _folder_by_hand(part, wanted)
    if not zipped and ending.lower() != "ipynb":
        return _Named("", part)
    bare, when = _without_stamp(stem)
    if _like_a_notebook(f"{bare}.", wanted):
        return _Named("", part, when)
    beside = _beside_notebook(f"{bare}.{ending}", wanted)
    if beside:
        return _Named(student_id(beside[0]), f"{beside[1]}.{ending}", when)
    if zipped or len(wanted.notebooks) == 1:
        left = part if zipped else f"{wanted.notebooks[0]}.ipynb"
        return _Named(student_id(re.sub(r" \(\d{1,3}\)$", "", stem)), left, when)
    return _Named("", part)


def _folder_by_hand(part: str, wanted: Wanted) -> _Named:
    name = part.removeprefix(f"{wanted.id}_")
    lettered = LETTERED.fullmatch(name) if name != part else None
    if lettered:
        return _Named(student_id(lettered["name"]), when=parse_time(lettered["when"]))
    return _Named(student_id(name))


def _beside_notebook(part: str, wanted: Wanted) -> tuple[str, str] | None:
    """(student, notebook) of STUDENT_NOTEBOOK.ipynb or NOTEBOOK_STUDENT.ipynb, copies too."""
    stem = part.rpartition(".")[0]
    for name in sorted({*wanted.notebooks, wanted.id}, key=len, reverse=True):
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
    bare = stem.strip()
    for _ in range(3):
        found = COPY.search(bare)
        if not found or not bare[: found.start()].strip(" -_"):
            break
        number = max(number, int(found[1] or found[2] or 0))
        bare = bare[: found.start()].rstrip(" -")
    return bare, number


def _without_stamp(stem: str) -> tuple[str, datetime | None]:
    """`01_tensor-20270101T120000Z` is a name and the time that `course submit` put behind it."""
    found = STAMP.search(stem)
    if not found or not stem[: found.start()]:
        return stem, None
    when = parse_time("-".join(found.groups()))
    return (stem[: found.start()], when) if when else (stem, None)


def claimed_time(archive: str) -> datetime | None:
    """When `course submit` made this zip, by its name: ID_STUDENT_attempt_TIME or ID-TIME."""
    attempt = ATTEMPT.fullmatch(archive)
    return parse_time(attempt["when"]) if attempt else _without_stamp(archive.rpartition(".")[0])[1]


def find_wrappers(
    ways: Iterable[tuple[str, ...]], wanted: Wanted, inbox: str
) -> set[tuple[str, ...]]:
    """Folders and zips that stand around the hand-ins and name no student.

    By their name; or because there is nothing beside them (in zip_collect's archive/: whatever
    is beside them) and everything directly inside bears an LMS's name.
    """
    inside: dict[tuple[str, ...], set[str]] = {}
    for parts in ways:
        for depth in range(len(parts)):
            inside.setdefault(parts[:depth], set()).add(parts[depth])
    return set(_around((), inside, wanted, inbox in ZIP_COLLECT))


def _around(
    at: tuple[str, ...], inside: dict[tuple[str, ...], set[str]], wanted: Wanted, trusted: bool
) -> Iterator[tuple[str, ...]]:
    here = inside.get(at, set())
    for name in here:
        box = (*at, name)
        if box not in inside or by_scheme(name, wanted):
            continue
        stem = name[:-4] if name.lower().endswith(".zip") else name
        alone = trusted or len(here) == 1
        known = stem.lower() in WRAPPERS or (stem == wanted.id and name == stem)
        if known or (alone and all(by_scheme(child, wanted) for child in inside[box])):
            yield box
            yield from _around(box, inside, wanted, trusted or stem.lower() in ZIP_COLLECT)
