"""The line to type that installs what the boards need. The course is in no package index: it comes
from a checkout, or from a wheel that the instructor gives out, and pip remembers which (PEP 610).
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

LIBRARIES = "pyserial unicorn ziglang anywidget"
CHECKOUT = Path(__file__).parents[1]


def boards_line() -> str:
    """Installs the extra `boards`; the libraries by their names where the wheel is gone."""
    place = installed_from(CHECKOUT, _recorded_url())
    return _pip(f"{place}[boards]", place) if place is not None else f"{_python()} {LIBRARIES}"


def again_line() -> str:
    """Installs the course's own files anew, "" where it is not known from what."""
    place = installed_from(CHECKOUT, _recorded_url())
    return _pip(str(place), place, "--force-reinstall --no-deps ") if place is not None else ""


def installed_from(package_root: Path, recorded: str) -> Path | None:
    """The checkout that holds the package, else the wheel that pip recorded if it is still there.

    recorded: the text of pip's direct_url.json, "" where there is none.
    """
    if (package_root / "pyproject.toml").exists():
        return package_root
    address = urlsplit(json.loads(recorded)["url"] if recorded else "")
    wheel = Path(url2pathname(address.path))
    return wheel if address.scheme == "file" and wheel.exists() else None


def _recorded_url() -> str:
    """Of the distribution that has our command, whatever its name: a student's has another."""
    for entry in entry_points(group="console_scripts", name="hardware-labs"):
        if entry.dist is not None:
            return entry.dist.read_text("direct_url.json") or ""
    return ""


def _pip(requirement: str, place: Path, options: str = "") -> str:
    editable = "-e " if place.is_dir() else ""
    quote = '"' if sys.platform == "win32" else "'"
    return f"{_python()} {options}{editable}{quote}{requirement}{quote}"


def _python() -> str:
    return f"{sys.executable} -m pip install"
