"""The files that a student finds in the site: the folder of the course, as far as it is offered."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from coursekit import workspace
from coursekit.workspace import Workspace

from lite.offer import Offer

LINK = re.compile(r"\| \[[^\]]*\]\((?P<id>[^/)]+)/")
SHARED_FOLDERS = ("data",)  # beside the assignments


def write(space: Workspace, chosen: Offer, folder: Path) -> None:
    """Copies the offered assignments and their data, with a workspace.toml and a map of their
    own."""
    ids = [row.id for row in chosen.offered]
    for name in _present(space, (*ids, *SHARED_FOLDERS)):
        shutil.copytree(space.root / name, folder / name)
    files = {path: sha for path, sha in space.files.items() if path.partition("/")[0] in ids}
    offered_space = replace(space, assignments=tuple(ids), files=files)
    (folder / workspace.MARKER).write_text(workspace.marker_text(offered_space), encoding="utf-8")
    if (space.root / "index.ipynb").is_file():
        (folder / "index.ipynb").write_text(_map(space.root / "index.ipynb", ids), encoding="utf-8")


def _present(space: Workspace, names: tuple[str, ...]) -> Iterator[str]:
    return (name for name in names if (space.root / name).is_dir())


def _map(path: Path, ids: list[str]) -> str:
    """The map of the course without the lines of what is not here."""
    book = json.loads(path.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        lines = "".join(cell["source"]).split("\n")
        cell["source"] = "\n".join(line for line in lines if _is_here(line, ids))
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _is_here(line: str, ids: list[str]) -> bool:
    link = LINK.match(line)
    return link is None or link["id"] in ids
