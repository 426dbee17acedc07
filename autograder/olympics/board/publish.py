"""A folder becomes the board: pages, feed, badges, and what a closed season publishes.

`board` is pure: the same ledger, teams and feeds give the same bytes. `publish` writes them and
takes away what an earlier board left in the folder, so that a name that is taken back is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from autograder.files import write_file
from autograder.model import CourseError
from autograder.olympics.board import feed
from autograder.olympics.board.badges import badges
from autograder.olympics.board.closing import PublishedEntry
from autograder.olympics.board.head import head
from autograder.olympics.board.pages import pages
from autograder.olympics.board.receipts import receipts
from autograder.olympics.board.season import Season

LIST = "board.json"  # the files of the board, by which the next one knows what is its own


def board(
    season: Season,
    published: Iterable[PublishedEntry] = (),
    phase: str = "",
    private_key: str = "",
) -> dict[str, bytes]:
    """The contents of each file of the board by its path. phase: '' while the season is open,
    then 'anonymous' or 'named' (see closing). private_key: the judge's, '' for no receipts."""
    entries = list(published)
    signed = receipts(season, private_key)
    texts = pages(season, entries, phase, bool(signed))
    files = {path: text.encode("utf-8", "replace") for path, text in texts.items()}
    files |= feed.files(season) | badges(season) | signed | head(season, phase)
    files |= {entry.path: entry.archive for entry in entries}
    return files | {LIST: _listed({*files, LIST})}


def publish(files: dict[str, bytes], folder: Path) -> None:
    """Make `folder` hold this board and nothing of an earlier one. If it is stopped, the next call
    mends it: the list has all files of both boards until the earlier one's are gone.

    CourseError where the folder holds files that are of no board.
    """
    before = _earlier(folder)
    write_file(folder / LIST, _listed({*before, *files}))
    for path, data in sorted(files.items()):
        if path != LIST:
            write_file(folder / path, data)
    for path in sorted(before - set(files)):
        (folder / path).unlink(missing_ok=True)
    write_file(folder / LIST, files[LIST])


def _listed(names: Iterable[str]) -> bytes:
    return f"{json.dumps(sorted(names), indent=1)}\n".encode()


def _earlier(folder: Path) -> set[str]:
    """The files of the board that is there; empty for a new or an empty folder."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    try:
        names = json.loads((folder / LIST).read_text(encoding="utf-8"))
        return {name for name in names if _is_inside(name, folder)}
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        raise CourseError(
            f"{folder} holds files and no board ({LIST} is missing or cannot be read). Name an "
            f"empty folder, or the folder of an earlier board."
        ) from fault


def _is_inside(name: str, folder: Path) -> bool:
    return (folder / name).resolve().is_relative_to(folder.resolve())
