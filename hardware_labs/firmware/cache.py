"""Where firmware that was built once is kept."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware_labs.errors import BuildError


def cache_dir() -> Path:
    """$MLSYS_CACHE, else the platform's cache folder, else one in the temporary folder."""
    places = {"darwin": "~/Library/Caches", "win32": os.environ.get("LOCALAPPDATA", "~/AppData")}
    usual = places.get(sys.platform, os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    chosen = os.environ.get("MLSYS_CACHE") or str(Path(usual).expanduser() / "mlsys-course")
    fallback = Path(tempfile.gettempdir()) / f"mlsys-cache-{_user()}"
    for folder in (Path(chosen), fallback):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise BuildError(
        f"Neither {chosen} nor {fallback} can be written. Set MLSYS_CACHE to a folder."
    )


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """A disk that is full, or goes away meanwhile, is a BuildError that says what to do."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise BuildError(
            f"{folder} cannot be written ({error.strerror}). Make room on that disk, or set "
            "MLSYS_CACHE to another folder."
        ) from None


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
