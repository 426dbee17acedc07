"""What an LMS's own files say of a download: Gradescope's list of submitters, Blackboard's notes.

They lie beside the hand-ins, where no student can put a file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from autograder.collecting.inbox_items import Item
from autograder.collecting.lms_schemes import ATTEMPT, GRADESCOPE
from autograder.collecting.student_ids import student_id
from autograder.files import read_plain

SUBMITTERS = "submission_metadata.yml"
LIST_BYTES = 64 << 20
NOTE_BYTES = 2000
BLACKBOARD_NAME = re.compile(r"\s*[^\n:]{1,40}:[^\n]*\((?P<student>[^()\n]+)\)\s*(?:\n|$)")


def submitters(items: Iterable[Item]) -> dict[str, str]:
    """Each folder of a Gradescope export and its student's id: NAME_SID, or what there is of it,
    the members of a group joined by `and`."""
    entries = list(items)
    places = {folder for item in entries if (folder := _folder_of_submissions(item)) is not None}
    students: dict[str, str] = {}
    for item in entries:
        if item.parts and item.parts[-1] == SUBMITTERS and item.parts[:-1] in places and item.path:
            students.update(_read_list(item.path))
    return students


def _folder_of_submissions(item: Item) -> tuple[str, ...] | None:
    """Where the outermost `submission_NUMBER` of the file's way lies: what is further in, a student
    put there."""
    depths = (k for k, part in enumerate(item.parts[:-1]) if GRADESCOPE.fullmatch(part))
    depth = next(depths, None)
    return None if depth is None else item.parts[:depth]


def _read_list(path: Path) -> dict[str, str]:
    import yaml  # type: ignore[import-untyped]

    try:
        text = read_plain(path, LIST_BYTES).decode("utf-8", "replace")
        table = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # text only
    except (OSError, yaml.YAMLError, RecursionError):
        return {}
    rows = table.items() if isinstance(table, dict) else ()
    return {str(folder): name for folder, row in rows if (name := _group(row))}


def _group(row: Any) -> str:
    people = row.get(":submitters") if isinstance(row, dict) else None
    names = [_person(p) for p in people if isinstance(p, dict)] if isinstance(people, list) else []
    return " and ".join(name for name in names if name)


def _person(person: dict[str, Any]) -> str:
    name, number, email = (str(person.get(f":{key}") or "") for key in ("name", "sid", "email"))
    return student_id(name or email, number or (email if name else ""))


def column(items: Iterable[Item], assignment_id: str) -> str:
    """What a Blackboard download puts before every student's name; '' in other downloads, and
    where it is the assignment's id.

    Blackboard's note beside each attempt names the student; without notes it is what the names of
    several students have in common up to a `_`.
    """
    matches = [(item, match) for item in items for match in _attempts(item)]
    names = {match["name"] for _, match in matches}
    noted = Counter(
        str(match["name"].removesuffix(student))
        for item, match in matches
        if match[0].endswith(".txt") and match["file"] == "txt"
        if (student := _noted_student(item)) and match["name"].endswith(f"_{student}")
    )
    if noted:
        return noted.most_common(1)[0][0]
    common = _common_start(names) if len(names) > 1 else ""
    return "" if common.startswith(f"{assignment_id}_") else common[: common.rfind("_") + 1]


def _common_start(names: Iterable[str]) -> str:
    columns = zip(*names, strict=False)
    return "".join(letters[0] for letters in takewhile(lambda row: len(set(row)) == 1, columns))


def _attempts(item: Item) -> Iterator[re.Match[str]]:
    """The name of an attempt among the parts of the file's way, the outermost only."""
    matches = (ATTEMPT.fullmatch(part) for part in item.parts)
    match = next((match for match in matches if match), None)
    if match:
        yield match


def _noted_student(item: Item) -> str:
    try:
        text = read_plain(item.path, NOTE_BYTES + 1) if item.path else b""
    except OSError:
        return ""
    match = BLACKBOARD_NAME.match(text.decode("utf-8", "replace"))
    return match["student"] if match else ""
