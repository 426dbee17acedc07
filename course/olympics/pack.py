"""A folder becomes a zip to hand in, with the same bytes for the same files on every machine."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

from olympics.entry import BETWEEN, FACTS, Entry, read_entry
from olympics.errors import OlympicsError
from olympics.workload import weight_fault

EPOCH = (1980, 1, 1, 0, 0, 0)


def _check_python(entry: Entry) -> None:
    """OlympicsError for a .py file that Python cannot even read. Nothing of it is run."""
    for name, data in entry.files.items():
        if not name.endswith(".py"):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(data, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            line = f", line {fault.lineno}" if isinstance(fault, SyntaxError) else ""
            raise OlympicsError(f"{name}{line} is no Python: {fault}.") from fault


def zip_name(entry: Entry) -> str:
    """TEAM--EVENT.zip: the judge takes the team from the name of what was handed in."""
    return f"{entry.team_id}{BETWEEN}{entry.event}.zip"


def pack(folder: Path, place: Path) -> Path:
    """The zip of an entry's folder, written into the folder `place`. OlympicsError where the folder
    is no entry."""
    entry = read_entry(folder)
    if not folder.is_dir():
        raise OlympicsError(f"{folder} is a file; the folder of an entry is needed.")
    if too_heavy := weight_fault(entry):
        raise OlympicsError(too_heavy)
    _check_python(entry)
    path = place / zip_name(entry)
    files = {FACTS: (folder / FACTS).read_bytes(), **entry.files}
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, files[name])
    return path
