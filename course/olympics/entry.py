"""An entry: a folder or a zip becomes an `Entry`, or a sentence says what is wrong with it.

Nothing of an entry is executed or unpacked here. A zip is read member by member into memory, with
its sizes checked before and while it is read; a link, a path that leads out, or a file that the
event does not allow ends the reading.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from olympics.errors import OlympicsError
from olympics.events import DIVISIONS, LEVELS, Event, event, events

FACTS = "entry.toml"
MAX_FACTS_BYTES = 10_000
MAX_IDEA_CHARACTERS = 300
MAX_TEAM_CHARACTERS = 60
MAX_PATH_CHARACTERS = 100
BETWEEN = "--"  # a team_id and the rest of a file's name
TEAM_ID = re.compile(r"\w[\w.-]*")
PART = re.compile(r"\w[\w.-]*", re.ASCII)  # of a path
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What Python raises for a zip that is none.
NO_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
IGNORED = ("__pycache__", "__MACOSX", ".ipynb_checkpoints", ".git", ".DS_Store")


@dataclass(frozen=True)
class Entry:
    """What a team enters. files: contents by path below the entry, without entry.toml."""

    event: str
    team_id: str
    division: str
    level: str
    weight_class: str
    idea: str
    files: Mapping[str, bytes]


def read_entry(place: Path) -> Entry:
    """The entry in a folder or a zip. OlympicsError where it is none, or breaks the rules."""
    if place.is_symlink():
        raise OlympicsError(f"{place.name} is a link. Hand in the folder or the zip itself.")
    if place.is_dir():
        return _entry(dict(_files_of_folder(place)), place.name or "This folder")
    if place.is_file():
        return _entry(dict(_files_of_zip(place)), place.name)
    raise OlympicsError(f"There is no folder and no zip called {place}.")


def entry_sha256(entry: Entry) -> str:
    """The name of an entry: sha256 over its facts and the sha256 of each of its files."""
    facts = {name: getattr(entry, name) for name in Entry.__annotations__ if name != "files"}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in entry.files.items()}
    text = json.dumps({**facts, "files": sums}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _files_of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Contents by path; a pattern of what belongs to an event is applied later."""
    total, is_entry = 0, (folder / FACTS).is_file()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _is_ignored(name) or (is_entry and _is_packed_entry(name)):
            continue
        if path.is_symlink():
            raise OlympicsError(f"{name} is a link. An entry holds plain files only.")
        if path.is_dir():
            continue
        if not path.is_file():
            raise OlympicsError(f"{name} is no plain file. An entry holds plain files only.")
        total += path.stat().st_size
        _check_size(name, total)
        yield name, path.read_bytes()


def _files_of_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not _is_ignored(m.filename)]
            _check_members(members)
            for member in members:
                if not member.is_dir():
                    yield _member(archive, member)
    except NO_ZIP as fault:
        raise OlympicsError(f"{path.name} is no zip that can be read: {fault}.") from fault


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > 1000:
        raise OlympicsError(f"The zip lists {len(names):,} files; at most 1,000 are read.")
    for member in members:
        if member.compress_type not in PACKED:
            raise OlympicsError(
                f"{member.filename} is packed in a way that is not read here. Pack the folder with "
                "olympics pack."
            )
        kind = stat.S_IFMT(member.external_attr >> 16)
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
            raise OlympicsError(f"{member.filename} is a link or a device. Pack plain files only.")
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename:
            raise OlympicsError(
                f"'{member.filename}' leads out of the entry. Pack the folder anew."
            )
    if len(set(names)) < len(names):
        raise OlympicsError("The zip lists a file twice. Pack the folder anew.")
    _check_size("the zip", sum(member.file_size for member in members))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[str, bytes]:
    """subtle: what a member says of its size is not believed while it is unpacked."""
    with archive.open(member) as file:
        data = file.read(_limit_bytes() + 1)
    _check_size(member.filename, len(data))
    return member.filename, data


def _check_size(name: str, size: int) -> None:
    """OlympicsError for more bytes than an entry of any event may have."""
    if size > _limit_bytes():
        raise OlympicsError(
            f"With {name} there are {size:,} bytes, and the largest entry of any event may have "
            f"{_limit_bytes():,}."
        )


def _limit_bytes() -> int:
    return max(rules.max_entry_bytes for rules in events()) + MAX_FACTS_BYTES


def _is_ignored(name: str) -> bool:
    return bool(set(PurePosixPath(name).parts) & set(IGNORED))


def _is_packed_entry(name: str) -> bool:
    """Whether a file in the folder of an entry has the name of the zip that `pack` makes of it."""
    return "/" not in name and BETWEEN in name and name.endswith(".zip")


def _entry(files: dict[str, bytes], place: str) -> Entry:
    files = _without_top_folder(files)
    if FACTS not in files and files and all(name.lower().endswith(".zip") for name in files):
        raise OlympicsError(f"{place} holds zips and no entry. Hand in each zip by itself.")
    if FACTS not in files:
        raise OlympicsError(
            f"{place} has no {FACTS}. It says: team, event, division, level, idea (and "
            f"weight_class where the event has them)."
        )
    facts = _facts(files.pop(FACTS))
    rules = event(facts["event"])
    entry = Entry(
        rules.id,
        facts["team"],
        facts["division"],
        facts["level"],
        facts["weight_class"],
        facts["idea"],
        MappingProxyType(files),
    )
    check_entry(entry)
    return entry


def _without_top_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a zip that holds one folder, by their path below it."""
    tops = {name.partition("/")[0] for name in files}
    if FACTS in files or len(tops) != 1:
        return files
    return {name.partition("/")[2]: data for name, data in files.items()}


def _facts(data: bytes) -> dict[str, str]:
    """The fields of entry.toml, all of them texts."""
    if len(data) > MAX_FACTS_BYTES:
        raise OlympicsError(f"{FACTS} has over {MAX_FACTS_BYTES:,} bytes; a few lines are needed.")
    try:
        facts = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise OlympicsError(f"{FACTS} is not in UTF-8. Save it in UTF-8, as plain text.") from fault
    except (ValueError, RecursionError) as fault:
        raise OlympicsError(f"{FACTS} cannot be read as TOML: {fault}.") from fault
    defaults = {"weight_class": "", "idea": ""}
    names = ("team", "event", "division", "level", *defaults)
    unknown = sorted(set(facts) - set(names))
    if unknown:
        raise OlympicsError(f"{FACTS} says '{unknown[0]}'; it may say only {', '.join(names)}.")
    facts = {**defaults, **facts}
    for name in names:
        if not isinstance(facts.get(name), str):
            raise OlympicsError(f'{FACTS} needs a line {name} = "...", a text in quotes.')
    return facts


def check_entry(entry: Entry) -> None:
    """OlympicsError with a sentence where an entry breaks the rules of its event."""
    rules = event(entry.event)
    _check_facts(entry, rules)
    _check_files(entry.files, rules)


def _check_facts(entry: Entry, rules: Event) -> None:
    if entry.division not in DIVISIONS:
        raise OlympicsError(f"The division is '{entry.division}'; it is one of {_or(DIVISIONS)}.")
    if entry.level not in LEVELS:
        raise OlympicsError(f"The level is '{entry.level}'; it is one of {_or(LEVELS)}.")
    if entry.weight_class not in (tuple(rules.weight_classes) or ("",)):
        classes = _or(tuple(rules.weight_classes)) if rules.weight_classes else "left out"
        class_clause = f"'{entry.weight_class}' came" if entry.weight_class else "no such line came"
        raise OlympicsError(f"The weight_class of {rules.title} is {classes}, and {class_clause}.")
    if not entry.team_id.strip() or len(entry.team_id) > MAX_TEAM_CHARACTERS:
        raise OlympicsError(
            "The team is the team_id that the organiser gave you, 1 to 60 characters."
        )
    if not TEAM_ID.fullmatch(entry.team_id) or BETWEEN in entry.team_id:
        raise OlympicsError(
            f"The team is the team_id that the organiser gave you: letters, digits, _, . and -, "
            f"without {BETWEEN}. It names files, and '{entry.team_id}' came."
        )
    if len(entry.idea) > MAX_IDEA_CHARACTERS:
        raise OlympicsError(f"The idea is told in at most {MAX_IDEA_CHARACTERS} characters.")


def _check_files(files: Mapping[str, bytes], rules: Event) -> None:
    _check_paths(files, rules)
    if not files:
        raise OlympicsError(f"The entry holds no file but {FACTS}.")
    for name in rules.required:
        if name not in files:
            raise OlympicsError(f"An entry of {rules.title} needs the file {name}.")
    if len(files) > rules.max_files:
        raise OlympicsError(f"{len(files)} files came; {rules.title} allows {rules.max_files}.")
    total = sum(map(len, files.values()))
    if total > rules.max_entry_bytes:
        raise OlympicsError(
            f"The files have {total:,} bytes; {rules.title} allows {rules.max_entry_bytes:,}."
        )


def _check_paths(names: Collection[str], rules: Event) -> None:
    """OlympicsError for a path that the event does not allow, that is another one on another
    machine, or that holds more than a name."""
    for name in names:
        if not any(fnmatchcase(name, pattern) for pattern in rules.allowed):
            allowed = ", ".join(rules.allowed)
            raise OlympicsError(f"{name} is no file of {rules.title}, which allows {allowed}.")
        if len(name) > MAX_PATH_CHARACTERS or not all(map(PART.fullmatch, name.split("/"))):
            raise OlympicsError(
                f"'{name[:MAX_PATH_CHARACTERS]}' is no path of a file here: English letters, "
                f"digits, _, - and dots, at most {MAX_PATH_CHARACTERS} characters with its folders."
            )
    folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
    for name in sorted(folders & set(names)):
        raise OlympicsError(f"{name} is a file and a folder. Pack the folder anew.")


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(words)
