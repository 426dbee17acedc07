"""Which emulated boards are running: one small JSON file per board in a folder of this user.

Pseudo-terminals are not in the operating system's list of serial ports, so the emulated boards keep
their own. A file whose process is gone is removed by the next one who looks.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """An emulated board: its kind, its port, and the processes that emulate and own it."""

    board: str
    port: str
    pid: int
    owner: int


def folder() -> Path:
    """$MLSYS_BOARDS, else the user's runtime folder, else one in the temporary folder."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(os.environ.get("MLSYS_BOARDS") or Path(runtime) / f"mlsys-boards-{user}")


def add(entry: Running) -> Path:
    """Writes the entry's file whole or not at all; returns its path. Raises OSError."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder() / f"{entry.pid}.json"
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(entry)))
    draft.replace(path)
    return path


def running() -> list[Running]:
    """The emulated boards of this user that are alive, oldest first."""
    if not folder().is_dir():
        return []
    boards = []
    for path in sorted(folder().glob("*.json"), key=_written_s):
        entry = _read(path)
        if entry is not None and alive(entry.pid):
            boards.append(entry)
        else:
            path.unlink(missing_ok=True)
    return boards


def alive(pid: int) -> bool:
    """Whether a process of that id runs; one that ended and is not yet waited for does not."""
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
        return _state(pid) != "Z"
    except ProcessLookupError:
        return False
    except PermissionError:
        return True


def _state(pid: int) -> str:
    """The letter of Linux's /proc, "?" elsewhere."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "?"


def _alive_on_windows(pid: int) -> bool:
    """subtle: os.kill(pid, 0) would end the process there."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)
    code = ctypes.c_ulong(0)
    answered = handle and kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return bool(answered) and code.value == 259


def _written_s(path: Path) -> float:
    """When the file was written; 0 where it is gone, since its board has ended meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read(path: Path) -> Running | None:
    try:
        return Running(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
