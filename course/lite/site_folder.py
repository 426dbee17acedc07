"""Where the site goes: a new or empty folder, or an earlier site to which nobody added anything.

A list of its files lies in each site. A checkout of a repository, or a site by other hands, has
files that no such list names, and is left alone.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from lite.errors import LiteError

LISTED = ".course-site.json"


def refuse_foreign(target: Path) -> None:
    """LiteError where `target` holds what no build put there: it would be deleted."""
    if target.is_symlink():
        raise LiteError(f"{target} is a link; name the folder itself: --target DIR")
    if not target.is_dir() or not any(target.iterdir()):
        return
    foreign = sorted(_files(target) - _listed(target))
    if foreign:
        raise LiteError(
            f"{target} holds {foreign[0]}, which is of no earlier site of the course, so nothing "
            "was written there. Name a new or an empty folder: --target DIR. A site of an earlier "
            "version has no list of its files: delete it yourself."
        )


def replace(site: Path, target: Path) -> None:
    """Moves the site to `target`; the earlier one goes only when the new one is there."""
    (site / LISTED).write_text(json.dumps(sorted(_files(site) | {LISTED})), encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    new, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    for path in (new, old):
        if path.exists() or path.is_symlink():
            raise LiteError(f"{path} is left of a build that was stopped. Delete it first.")
    shutil.move(site, new)
    if target.exists():
        target.rename(old)
    new.rename(target)
    if old.exists():
        shutil.rmtree(old)


def _files(folder: Path) -> set[str]:
    """The files and links below a folder; a folder without files counts for nothing."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in paths}


def _listed(target: Path) -> set[str]:
    try:
        return set(json.loads((target / LISTED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return set()
