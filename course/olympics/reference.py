"""The entry that every other one is timed against and held to, read where the course has it."""

from __future__ import annotations

from pathlib import Path

from olympics.entry import Entry, check_entry, read_entry
from olympics.errors import OlympicsError
from olympics.events import event
from olympics.workload import workload


def reference_entry(event_id: str) -> Entry:
    """The reference entry of an event. OlympicsError where a file of it is not on this machine."""
    folder = workload(event_id).REFERENCE
    if not folder.is_dir():
        raise OlympicsError(
            f"The reference of {event_id} is not on this machine: {folder} is missing. Name "
            f"another folder to compare with: olympics try {event_id} FOLDER --against OTHER_FOLDER"
        )
    if (folder / "__init__.py").is_file():
        return _package_entry(event_id, folder)
    return read_entry(folder)


def files_to_run(entry: Entry, reference: Entry) -> dict[str, bytes]:
    """The files that lie where an entry runs: its own, and in the closed division of some events
    the reference's beneath them."""
    beneath = event(entry.event).reference_beneath and entry.division == "closed"
    return {**(reference.files if beneath else {}), **entry.files}


def _package_entry(event_id: str, package: Path) -> Entry:
    """An entry whose files are a Python package of the course."""
    files = {
        path.relative_to(package.parent).as_posix(): path.read_bytes()
        for path in sorted(package.rglob("*.py"))
    }
    entry = Entry(
        event_id, "reference", "closed", "varsity", "", "The course's own package.", files
    )
    check_entry(entry)
    return entry
