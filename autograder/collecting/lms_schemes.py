r"""The names that LMSs, nbgrader and `course submit` give to the files and folders of a download.

    exchange      STUDENT+ID+TIME[+random]/file                      STUDENT
    Canvas        NAME[_LATE]_USER_ATTACHMENT_file                   NAME_USER
                  [LATE_]anon_CODE_ATTACHMENT_file                   anon_CODE
    Moodle        NAME_NUMBER_assignsubmission_file[_]/file          NAME_NUMBER
                  NAME_NUMBER_assignsubmission_file_file             NAME_NUMBER
                  GROUP[_NUMBER]_assignsubmission_file/file          GROUP[_NUMBER]
    Blackboard    COLUMN_STUDENT_attempt_TIME_file                   STUDENT
    zip_collect   [ID_]STUDENT_attempt_TIME_file                     STUDENT
    course submit ID_STUDENT_attempt_TIME.zip                        STUDENT
    Brightspace   USER-ORG - NAME - TIME/file, ... - TIME - file     NAME_USER
    Gradescope    submission_NUMBER/file                             as submission_metadata.yml says
    Sakai         NAME(STUDENT)/Submission attachment(s)/file        STUDENT
    ILIAS         LAST_FIRST_LOGIN_USER/TIME_file                    LAST_FIRST_LOGIN_USER
    Teams         Submitted files/NAME/TITLE/Version N/file          NAME
    GitHub        TITLE-submissions/TITLE-STUDENT/file               STUDENT

NAME is what the LMS writes: lower case without punctuation on Canvas, in full on Moodle. Moodle's
NUMBER is one per assignment and participant. The names are those of Canvas's content_zipper.rb and
Moodle's mod/assign/classes/downloader.php.

Canvas's name is the person's own choice, and its file too, so `lovelaceada_1843_777` who hands in
hw1.ipynb and Ada who hands in `LATE_1900_88001_hw1.ipynb` have one name: `_rivals` gives the other
readings of a name, and `two_readings` decides or leaves the file to a person.

To add an LMS: write a function like `_moodle`, which returns the NameParts of one folder's or
file's name or None, add it to SCHEMES, and an example to SCHEMES in test_lms_layouts.py. Of
Canvas's LATE mark `collect` only tells: what is late follows from the time in timestamp.txt (see
`time_stamps`) and the assignment's due date, which both go into nbgrader's gradebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from autograder.collecting.copied_names import same_name, undecorated, without_time
from autograder.collecting.student_ids import student_id
from autograder.collecting.time_stamps import parse_time

EXCHANGE = re.compile(r"(?P<name>.+)\+(?P<id>[^+]+)\+(?P<when>\d{4}-[^+]*(?: \+\d{4})?)(?:\+.+)?")
MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<lms>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.S
)
WORD = "[\\w\u0080-\U0010ffff]"  # also a mark over a letter, as in Hindi
CANVAS = re.compile(
    rf"(?:(?P<name>{WORD}*?)_)??(?P<late>LATE_)?(?P<lms>\d+|anon_[A-Za-z0-9]+)_"
    r"(?P<number>[1-9]\d*)_(?P<file>.+)",
    re.S,
)
CANVAS_TEXT = re.compile(
    rf"(?:(?P<name>{WORD}*?)_)??(?P<late>LATE_)?(?P<lms>\d+|anon_[A-Za-z0-9]+)_"
    r"(?P<file>(?:text|link)\.html)"
)
CANVAS_REST = re.compile(
    r"(?P<late>LATE_)?(?P<lms>[1-9]\d*)_(?P<number>[1-9]\d*)_(?P<file>.+)", re.S
)
CANVAS_NAME = re.compile("[a-z0-9_\u0080-\U0010ffff]*")  # Canvas writes names in lower case
ATTEMPT = re.compile(
    r"(?P<name>.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:\.zip|[_\W](?P<file>.+))?", re.S
)
BRIGHTSPACE = re.compile(
    r"(?P<lms>\d+)-\d+ - (?P<name>.+?) - "
    r"(?P<when>[^-]*\d{4}[^-]*\d{1,2}[:. ]?\d\d(?: ?[AaPp]\.?[Mm]\.?)?)(?: - (?P<file>.+))?",
    re.S,
)
GRADESCOPE = re.compile(r"submission_\d+")
SAKAI = re.compile(r"(?P<name>[^()]+, [^()]*)\((?P<student>[^()]+)\)")
ILIAS = re.compile(r"[^_]+_[^_]+_.+_\d+")
ILIAS_FILE = re.compile(r"(?P<when>\d{14})_(?P<file>.+)", re.S)
TEAMS_VERSION = re.compile(r"Version (?P<number>\d{1,4})", re.I)
GITHUB_FOLDER = re.compile(r"(?P<title>.+)-submissions", re.S)
# what an LMS writes beside the hand-ins
LISTINGS = {"index.html", "grades.csv", "grades.xls", "grades.xlsx", "submission_metadata.yml"}


@dataclass(frozen=True)
class AssignmentNames:
    """What decides about names: the assignment's id, all ids, its notebooks' names.

    submitters: the student of each folder that a download's own list names (Gradescope).
    column: what a download puts before each student's name (the title of Blackboard's column).
    zone: of the times in names that an LMS or nbgrader wrote.
    """

    id: str
    ids: frozenset[str]
    notebooks: tuple[str, ...]
    submitters: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    zone: tzinfo = UTC


@dataclass(frozen=True)
class NameParts:
    """What one part of the way says: the student, what is left of the part, and when.

    A student of None: not ours to collect (another assignment, an LMS's own file). marked_late:
    Canvas says so, and no time. user: Canvas's number of the person. rivals: what the part says
    where it is read in another way.
    """

    student: str | None
    file: str = ""
    when: datetime | None = None
    number: int = 0
    marked_late: bool = False
    user: str = ""
    rivals: tuple[NameParts, ...] = ()


def by_scheme(part: str, names: AssignmentNames) -> NameParts | None:
    """What an LMS or nbgrader wrote into the name; None where it is not one of their names."""
    readings = (read(part, names) for read in SCHEMES)
    first = next((reading for reading in readings if reading is not None), None)
    if first is None or first.user or not first.student:
        return first
    of_canvas = _canvas(part, names)
    if of_canvas is None or of_canvas.file.startswith("assignsubmission_"):
        return first  # one of Moodle's names whose person's name ends in a number
    return replace(first, rivals=(replace(of_canvas, rivals=()), *of_canvas.rivals))


def like_a_notebook(name: str, names: AssignmentNames) -> bool:
    """Whether the file's name is that of one of the notebooks, or the assignment's id."""
    stem = undecorated(name.rpartition(".")[0])[0]
    return same_name(stem) in {same_name(n) for n in (*names.notebooks, names.id)}


def beside_notebook(part: str, names: AssignmentNames) -> tuple[str, str] | None:
    """(student, notebook) of STUDENT_NOTEBOOK.ipynb or NOTEBOOK_STUDENT.ipynb, copies too."""
    stem = part.rpartition(".")[0]
    for name in sorted({*names.notebooks, names.id}, key=len, reverse=True):
        before = re.fullmatch(rf"(?is)(.+?)[-_ .+]+({re.escape(name)})(.*)", stem)
        if before and undecorated(name + before[3])[0] == name:
            return _without_copy(before[1]), name + before[3]
        after = re.fullmatch(rf"(?is){re.escape(name)}[-_ .+]+(.+)", stem)
        if after:
            return after[1], name
    return None


def _without_copy(student: str) -> str:
    """`ann - Copy of` is ann, and `Copy of` is nobody."""
    return re.sub(r"(?i)(?:^|[-_ .+]+)(?:copy of|kopie von|copi[ae] d[ei])$", "", student)


def _exchange(part: str, names: AssignmentNames) -> NameParts | None:
    match = EXCHANGE.fullmatch(part)
    when = parse_time(match["when"], names.zone) if match else None
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
    other = any(match["name"].startswith(f"{id}_") for id in names.ids - {names.id})
    if other and not match["name"].startswith(f"{names.id}_"):
        return NameParts(None)
    column = names.column if match["name"].startswith(names.column) else ""
    name = match["name"].removeprefix(column or f"{names.id}_")
    student = None if match["file"] == "txt" else student_id(name)  # Blackboard's own remarks
    by_course_submit = not match["file"]  # which writes UTC
    when = parse_time(match["when"], UTC if by_course_submit else names.zone)
    return NameParts(student, match["file"] or "", when)


def _canvas(part: str, names: AssignmentNames) -> NameParts | None:
    match = CANVAS.fullmatch(part)
    if not match:
        text = CANVAS_TEXT.fullmatch(part)
        if not text:
            return None
        student = student_id(text["name"] or "", text["lms"])
        return NameParts(student, text["file"], marked_late=bool(text["late"]), user=text["lms"])
    few_digits = len(match["number"]) < 3  # Canvas counts attachments over all its courses
    rivals = _rivals(part, match, names)
    by_hand = few_digits and not rivals and not like_a_notebook(match["file"], names)
    if match["file"].startswith("attempt_") or (by_hand and beside_notebook(part, names)):
        return None
    return replace(_of_canvas(match["name"] or "", match), rivals=rivals)


def _of_canvas(name: str, match: re.Match[str]) -> NameParts:
    return NameParts(
        student_id(name, match["lms"]),
        match["file"],
        number=int(match["number"]),
        marked_late=bool(match["late"]),
        user=match["lms"],
    )


def _rivals(part: str, first: re.Match[str], names: AssignmentNames) -> tuple[NameParts, ...]:
    """The readings of a name of Canvas in which more of it is the person's name, for other people.

    There are none where the file of the first reading is called like a notebook: in any other
    reading that file's name begins with a number of Canvas, which nobody chooses. Where only the
    file of another reading is called so, both may be true: anybody may add `_1843_777` to a name,
    and anybody may hand in a file called `1900_88001_hw1.ipynb` to stand in another one's place. An
    attachment of one or two digits is none where the first reading's has more.
    """
    stem = without_time(first["file"].rpartition(".")[0])[0]
    if like_a_notebook(f"{stem}.", names):
        return ()
    rivals = {}
    for start in (match.end() for match in re.finditer("_", part)):
        match = CANVAS_REST.fullmatch(part, start)
        name = part[: start - 1]
        if match is None or not CANVAS_NAME.fullmatch(name) or match["lms"] == first["lms"]:
            continue
        if len(match["number"]) >= min(3, len(first["number"])):
            rivals[match["lms"]] = _of_canvas(name, match)
    return tuple(rivals.values())


def _brightspace(part: str, names: AssignmentNames) -> NameParts | None:
    match = BRIGHTSPACE.fullmatch(part)
    if not match:
        return None
    clock = re.sub(r"(\d{1,2})[. ]?(\d\d) ?([AaPp])\.?[Mm]\.?$", r"\1:\2 \3M", match["when"])
    when = parse_time(re.sub(r"(?<=\d{4} )(\d\d)[. ]?(\d\d)$", r"\1:\2", clock), names.zone)
    return NameParts(student_id(match["name"], match["lms"]), match["file"] or "", when)


def _gradescope(part: str, names: AssignmentNames) -> NameParts | None:
    if not GRADESCOPE.fullmatch(part):
        return None
    return NameParts(names.submitters.get(part, part))


def _sakai(part: str, names: AssignmentNames) -> NameParts | None:
    match = SAKAI.fullmatch(part)
    return NameParts(student_id(match["student"])) if match else None


# the first that reads a name decides
SCHEMES: tuple[Callable[[str, AssignmentNames], NameParts | None], ...] = (
    _exchange,
    _moodle,
    _brightspace,
    _canvas,
    _attempt,
    _gradescope,
    _sakai,
)
