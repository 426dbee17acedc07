r"""Whose file is it? From the names an LMS, nbgrader or a person gave, outermost first.

The outer names come from the LMS, the inner ones from the student, so the first name that decides
wins and nobody can hand in as somebody else. What LMSs write is in `lms_schemes`; besides that the
student id is made from

    nbgrader      STUDENT/ID/file                                    STUDENT
    zip_collect   ID_STUDENT[_a_TIME]/file                           STUDENT
    by hand       STUDENT_NOTEBOOK.ipynb, NOTEBOOK_STUDENT.ipynb, STUDENT.zip, STUDENT/file,
                  STUDENT.ipynb where the assignment has one notebook          STUDENT
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.collecting.copied_names import notebook_file, undecorated, without_time
from autograder.collecting.lms_schemes import (
    ATTEMPT,
    GITHUB_FOLDER,
    ILIAS,
    ILIAS_FILE,
    LISTINGS,
    SAKAI,
    TEAMS_VERSION,
    AssignmentNames,
    NameParts,
    beside_notebook,
    by_scheme,
    like_a_notebook,
)
from autograder.collecting.student_ids import escape, student_id
from autograder.collecting.time_stamps import parse_time

WRAPPERS = {"archive", "downloaded", "extracted", "inbound", "inbox", "submissions", "submitted"}
WRAPPERS |= {"submitted files"}
ZIP_COLLECT = {"archive", "downloaded", "extracted"}
NOT_HANDED_IN = {"working files", "feedback attachment(s)"}  # of Teams and Sakai
SAKAI_FILES = "submission attachment(s)"
LETTERED = re.compile(r"(?P<name>.+?)_[ab]_(?P<when>\d{4}(?:-\d\d){5})")


@dataclass(frozen=True)
class Layout:
    """wrappers: the folders and zips that stand around the hand-ins and name no student. listings:
    what an LMS wrote beside the hand-ins. inbox: the name of the inbox itself. dated: the folders
    in which most names bear a time that an LMS or nbgrader wrote; a single name like that may be
    the student's own. versioned: those in which most folders are laid out as Teams does.
    """

    wrappers: frozenset[tuple[str, ...]]
    listings: frozenset[tuple[str, ...]]
    inbox: str
    dated: frozenset[tuple[str, ...]]
    versioned: frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Owner:
    """A file's student, and its name as the student gave it.

    container is the folder or zip that is one hand-in, () where files hang together by their names
    only. number is the LMS's count of uploads (Canvas's attachment, Teams's version). claimed: the
    time is in a name that the student gave. marked_late: Canvas says so, and no time. user:
    Canvas's number of the person. rivals: whose the file is where its name is read in another way.
    A student of None: not ours to collect (another assignment, Moodle's online text); '': nobody is
    named.
    """

    student: str | None
    file: tuple[str, ...]
    container: tuple[str, ...] = ()
    when: datetime | None = None
    number: int = 0
    claimed: bool = False
    marked_late: bool = False
    user: str = ""
    rivals: tuple[Owner, ...] = ()


def owner(parts: tuple[str, ...], names: AssignmentNames, layout: Layout) -> Owner:
    """Who handed in the file at `parts`."""
    parts = (*parts[:-1], notebook_file(parts[-1], names.notebooks))
    depth = 0
    while depth < len(parts) - 1 and parts[: depth + 1] in layout.wrappers:
        depth += 1
    part, inner, container = parts[depth], parts[depth + 1 :], parts[: depth + 1]
    of_sakai = SAKAI.fullmatch(part)
    beside = parts[depth] if not of_sakai else inner[0] if len(inner) > 1 else ""
    if container in layout.listings or (inner and beside.lower() in NOT_HANDED_IN):
        return Owner(None, parts)
    around = parts[depth - 1] if depth else layout.inbox
    by_lms = by_scheme(part, names) or _of_github(part, around)
    named = by_lms or _by_hand(part, inner, names)
    claimed = parts[:depth] not in layout.dated or not _is_recorded(part, names)
    versioned = parts[:depth] in layout.versioned

    def of(named: NameParts) -> Owner:
        rivals = tuple(map(of, named.rivals))
        if not inner:
            file_owner = Owner(named.student, (named.file,), (), named.when, named.number, claimed)
        elif part.lower().endswith(".zip"):
            when = named.when or claimed_time(named.file)
            file_owner = Owner(named.student, inner, container, when, named.number, claimed)
        else:
            file_owner = _in_folder(named, inner, container, names, versioned)
            file_owner = replace(file_owner, claimed=claimed or file_owner.claimed)
        return replace(file_owner, marked_late=named.marked_late, user=named.user, rivals=rivals)

    return of(named)


def _of_github(part: str, around: str) -> NameParts | None:
    """The student of TITLE-submissions/TITLE-STUDENT."""
    folder = GITHUB_FOLDER.fullmatch(around)
    title = f"{folder['title']}-" if folder else ""
    if not title or not part.startswith(title) or part == title:
        return None
    return NameParts(student_id(part.removeprefix(title)))


def _is_recorded(part: str, names: AssignmentNames) -> bool:
    """Whether an LMS or nbgrader would write the time that is in this name, or in those of a folder
    of ILIAS; what `course submit` writes is the student's."""
    named = by_scheme(part, names)
    by_course_submit = part.lower().endswith(".zip") and claimed_time(part) is not None
    return bool(named and named.when and not by_course_submit) or bool(ILIAS.fullmatch(part))


def _in_folder(
    named: NameParts,
    inner: tuple[str, ...],
    container: tuple[str, ...],
    names: AssignmentNames,
    versioned: bool,
) -> Owner:
    """What LMSs put between a student's folder and the files is taken away (nbgrader's ID, Teams's
    version, ILIAS's time); a zip inside the folder is a hand-in of its own."""
    if len(inner) > 1 and inner[0] in names.ids:
        named = named if inner[0] == names.id else NameParts(None)
        container, inner = (*container, inner[0]), inner[1:]
    if len(inner) > 1 and inner[0].lower() == SAKAI_FILES:
        inner = inner[1:]
    for depth, part in enumerate(inner[:-1], start=1):
        version = TEAMS_VERSION.fullmatch(part) if versioned else None
        if part.lower().endswith(".zip") or version:
            box = (*container, *inner[:depth])
            number = int(version["number"]) if version else named.number
            return Owner(named.student, inner[depth:], box, claimed_time(part), number, True)
    ilias = ILIAS_FILE.fullmatch(inner[-1]) if ILIAS.fullmatch(container[-1]) else None
    if ilias:
        file = (*inner[:-1], ilias["file"])
        return Owner(named.student, file, (), parse_time(ilias["when"], names.zone), named.number)
    return Owner(named.student, inner, container, named.when, named.number)


def _by_hand(part: str, inner: tuple[str, ...], names: AssignmentNames) -> NameParts:
    """A name that a person gave: a folder, a zip, or a notebook with the student's name in it."""
    stem, dot, ending = part.rpartition(".")
    zipped = bool(dot) and ending.lower() == "zip"
    if inner and not zipped:
        return _folder_by_hand(part, names)
    if not zipped and ending.lower() != "ipynb":
        return NameParts("", part)
    base, when = without_time(stem)
    if like_a_notebook(f"{base}.", names):
        return NameParts("", part, when)
    split = beside_notebook(f"{base}.{ending}", names)
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
        return NameParts(
            student_id(lettered["name"]), when=parse_time(lettered["when"], names.zone)
        )
    return NameParts(student_id(name))


def claimed_time(archive: str) -> datetime | None:
    """When `course submit` made this zip, by its name: ID_STUDENT_attempt_TIME or ID-TIME."""
    attempt = ATTEMPT.fullmatch(archive)
    if attempt:
        return None if attempt["file"] else parse_time(attempt["when"])
    return without_time(archive.rpartition(".")[0])[1]


def find_layout(paths: Iterable[tuple[str, ...]], names: AssignmentNames, inbox: str) -> Layout:
    """The folders and zips around the hand-ins, and the lists that an LMS put beside them.

    A wrapper is known by its name; or because there is nothing beside it (in zip_collect's
    archive/: whatever is beside it) and everything directly inside bears an LMS's name.
    """
    inside: dict[tuple[str, ...], dict[str, None]] = {}
    for parts in paths:
        for depth in range(len(parts)):
            inside.setdefault(parts[:depth], {})[parts[depth]] = None
    tree = _Tree(inside, names)
    wrappers = frozenset(tree.around((), inbox in ZIP_COLLECT))
    around = ((), *wrappers)
    listings = {
        (*container, name)
        for container in around
        for name in inside.get(container, ())
        if name.lower() in LISTINGS
        and tree.is_download(container, container[-1] if container else inbox)
    }
    dated = frozenset(c for c in around if tree.most(c, tree.is_dated))
    versioned = frozenset(c for c in around if tree.most(c, tree.has_versions))
    return Layout(wrappers, frozenset(listings), inbox, dated, versioned)


@dataclass(frozen=True)
class _Tree:
    """inside: the names directly inside each folder or zip of an inbox."""

    inside: Mapping[tuple[str, ...], Mapping[str, None]]
    names: AssignmentNames

    def around(self, parent: tuple[str, ...], trusted: bool) -> Iterator[tuple[str, ...]]:
        entries = [n for n in self.inside.get(parent, ()) if n.lower() not in LISTINGS]
        for name in entries:
            container = (*parent, name)
            if container not in self.inside or by_scheme(name, self.names):
                continue
            stem = name[:-4] if name.lower().endswith(".zip") else name
            alone = trusted or len(entries) == 1
            is_wrapper = stem.lower() in WRAPPERS or (stem == self.names.id and name == stem)
            if is_wrapper or (alone and self.is_download(container, stem)):
                yield container
                yield from self.around(container, trusted or stem.lower() in ZIP_COLLECT)

    def is_download(self, container: tuple[str, ...], name: str) -> bool:
        """Whether everything directly inside `container` bears a name of one LMS's download."""
        children = [n for n in self.inside[container] if n.lower() not in LISTINGS]
        return bool(children) and (
            all(by_scheme(child, self.names) for child in children)
            or all(_of_github(child, name) for child in children)
            or all(self._is_of_ilias((*container, child)) for child in children)
        )

    def most(self, container: tuple[str, ...], fits: Callable[[tuple[str, ...]], bool]) -> bool:
        """Whether more than half of what is directly inside `container` fits."""
        children = [
            (*container, name)
            for name in self.inside.get(container, ())
            if name.lower() not in LISTINGS
        ]
        return 2 * sum(map(fits, children)) > len(children)

    def is_dated(self, container: tuple[str, ...]) -> bool:
        """Whether an LMS or nbgrader gave this name its time."""
        name = container[-1]
        if ILIAS.fullmatch(name):
            return self._is_of_ilias(container)
        return _is_recorded(name, self.names)

    def has_versions(self, container: tuple[str, ...]) -> bool:
        """Whether a person's folder holds titles, and each title versions, as on Teams."""
        titles = [(*container, name) for name in self.inside.get(container, ())]
        versions = [name for title in titles for name in self.inside.get(title, ())]
        return bool(versions) and all(map(TEAMS_VERSION.fullmatch, versions))

    def _is_of_ilias(self, container: tuple[str, ...]) -> bool:
        name, files = container[-1], self.inside.get(container, {})
        return bool(ILIAS.fullmatch(name) and files and all(map(ILIAS_FILE.fullmatch, files)))


def class_in_a_folder(owned: Iterable[Owner], names: AssignmentNames) -> str:
    """What was seen where a folder would be one student and looks like a class; '' elsewhere.

    Such a folder holds one notebook several times, each in a folder of its own or with another
    name of a person. It is a class only where most folders of the inbox are like that.
    """
    boxes: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for owner in owned:
        if owner.student and owner.container and owner.file[-1].lower().endswith(".ipynb"):
            notebook, place = _copy_of(owner.file, names)
            boxes.setdefault(owner.container, {}).setdefault(notebook, []).append(place)
    crowded = {
        container: (notebook, sorted(set(places)))
        for container, copies in boxes.items()
        for notebook, places in copies.items()
        if len(set(places)) > 1 and all(places)
    }
    if len(crowded) * 2 <= len(boxes):
        return ""
    container, (notebook, places) = next(iter(crowded.items()))
    first_places = ", ".join(f"'{escape(place)}'" for place in places[:3])
    return (
        f"the folder '{escape('/'.join(container))}' would be one student, and holds "
        f"'{escape(notebook)}' {len(places)} times "
        f"({first_places}{', ...' if len(places) > 3 else ''})"
    )


def _copy_of(file: tuple[str, ...], names: AssignmentNames) -> tuple[str, str]:
    """(notebook, where that copy of it stands: its folder, or the person in its name)."""
    split = beside_notebook(file[-1], names)
    person, stem = split if split else ("", file[-1].rpartition(".")[0])
    return f"{undecorated(stem)[0]}.ipynb", "/".join(file[:-1]) or person
