"""nbgrader's configuration of a course root: where its folders are, and what it copies along.

Every command needs this much of nbgrader and most need no more, so nbgrader_config.py is read the
way nbgrader reads it, without importing nbgrader, and once as long as no configuration file
changes.
"""

from __future__ import annotations

import fnmatch
import logging
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from dateutil import tz  # type: ignore[import-untyped]
from jupyter_core.application import JupyterApp
from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config, LazyConfigValue

from autograder.model import Assignment, Course, CourseError

QUIET = logging.getLogger("autograder.nbgrader")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False
NOT_COPIED = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]
# Sections of nbgrader before 0.5, which nbgrader itself still turns into those of today.
OUTDATED = {"BaseApp", "BaseNbConvertApp", "BaseNbGraderApp", "BasicConfig", "NbGrader"}
OUTDATED |= {"NbGraderConfig", "TransferApp"}

CONFIG_FILES = [
    f"{app}_config.{kind}" for app in ("jupyter", "nbgrader") for kind in ("py", "json")
]
FileVersions = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Folders:
    """nbgrader's folders under a course root, as its configuration names them."""

    source: Path
    release: Path
    submitted: Path
    autograded: Path
    feedback: Path
    db_url: str
    course_id: str
    time_zone: tzinfo


def folders(root: Path) -> Folders:
    """The folders that nbgrader_config.py in `root` names, nbgrader's defaults without one."""
    section = config(root).CourseDirectory
    paths = {
        name: root / section.get(f"{name}_directory", name)
        for name in ("source", "release", "submitted", "autograded", "feedback")
    }
    return Folders(
        **paths,
        db_url=section.get("db_url", f"sqlite:///{(root / 'gradebook.db').absolute()}"),
        course_id=section.get("course_id", "").strip(),
        time_zone=_time_zone(config(root).Exchange.get("timezone", "UTC")),
    )


def _time_zone(name: Any) -> tzinfo:
    try:
        zone = tz.gettz(name) if isinstance(name, str) and name else None
    except (ValueError, OSError):  # the path of a file that holds no zone
        zone = None
    if zone is None:
        raise CourseError(
            f"nbgrader_config.py sets c.Exchange.timezone to {name!r:.40}, which is no time zone "
            f"that this machine knows. Write a name such as 'UTC' or 'Europe/Zurich'."
        )
    return UTC if name == "UTC" else zone


def config(root: Path) -> Config:
    """All that configures nbgrader in `root`: Jupyter's own folders first, then the root's file."""
    return deepcopy(_load(root, _config_file_versions(root)))


def _config_file_versions(root: Path) -> FileVersions:
    """(path, size, time of change) of each file that configures nbgrader in `root`."""
    places = [*map(Path, jupyter_config_path()), root]
    paths = [place / name for place in places for name in CONFIG_FILES]
    return tuple(version for version in map(_file_version, paths) if version)


def _file_version(path: Path) -> tuple[str, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return str(path), stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=16)
def _load(root: Path, _versions: FileVersions) -> Config:
    app = JupyterApp(log=QUIET, config_file_name="nbgrader_config")
    app.load_config_file()
    super(JupyterApp, app).load_config_file("nbgrader_config", str(root))
    loaded: Config = app.config
    if OUTDATED & set(loaded) or "course_id" in loaded.get("Exchange", {}):
        loaded = _with_current_names(loaded)
    loaded.CourseDirectory.root = str(root)
    return loaded


def _with_current_names(outdated: Config) -> Config:
    """A configuration with the names of an old nbgrader, under the names it has today."""
    from nbgrader.apps import NbGrader

    current: Config = NbGrader(log=QUIET, config=outdated).config
    return current


def support_files(course: Course, assignment: Assignment) -> list[Path]:
    """Every file beside the source notebooks that nbgrader copies along, relative to the folder."""
    folder = course.source / assignment.id
    ignore = config(course.root).CourseDirectory.get("ignore", NOT_COPIED)
    if isinstance(ignore, LazyConfigValue):
        ignore = ignore.get_value(list(NOT_COPIED))
    files = (p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file())
    return [
        f
        for f in files
        if not (len(f.parts) == 1 and f.suffix == ".ipynb")
        and not any(fnmatch.fnmatch(part, pattern) for part in f.parts for pattern in ignore)
    ]
