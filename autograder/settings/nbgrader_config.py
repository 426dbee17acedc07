"""nbgrader's configuration of a course root: where its folders are, and what it copies along.

Every command needs this much of nbgrader and most need no more, so nbgrader_config.py is read the
way nbgrader reads it, without importing nbgrader.
"""

from __future__ import annotations

import fnmatch
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from jupyter_core.application import JupyterApp
from traitlets.config import Config, LazyConfigValue

from autograder.model import Assignment, Course

QUIET = logging.getLogger("autograder.nbgrader")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False
NOT_COPIED = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]
# Sections of nbgrader before 0.5, which nbgrader itself still turns into those of today.
OUTDATED = {"BaseApp", "BaseNbConvertApp", "BaseNbGraderApp", "BasicConfig", "NbGrader"}
OUTDATED |= {"NbGraderConfig", "TransferApp"}


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


def folders(root: Path) -> Folders:
    """The folders that nbgrader_config.py in `root` names, nbgrader's defaults without one."""
    named = config(root).CourseDirectory
    places = {
        name: root / named.get(f"{name}_directory", name)
        for name in ("source", "release", "submitted", "autograded", "feedback")
    }
    return Folders(
        **places,
        db_url=named.get("db_url", f"sqlite:///{(root / 'gradebook.db').absolute()}"),
        course_id=named.get("course_id", "").strip(),
    )


def config(root: Path) -> Config:
    """All that configures nbgrader in `root`: Jupyter's own folders first, then the root's file."""
    app = JupyterApp(log=QUIET, config_file_name="nbgrader_config")
    with in_folder(root):
        app.load_config_file()
        super(JupyterApp, app).load_config_file("nbgrader_config", str(root))
    found: Config = app.config
    if OUTDATED & set(found) or "course_id" in found.get("Exchange", {}):
        found = _brought_up_to_date(found)
    found.CourseDirectory.root = str(root)
    return found


def _brought_up_to_date(found: Config) -> Config:
    from autograder.settings.nbgrader_strip import brought_up_to_date

    return brought_up_to_date(found)


_ONE_AT_A_TIME = RLock()


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """nbgrader resolves relative names against the current folder, which all threads share."""
    with _ONE_AT_A_TIME:
        before = Path.cwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


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
