"""The files of an inbox, and the folder that keeps what its zips hold, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

FILE_BYTES = 64 << 20
TOTAL_BYTES = 2 << 30
SHARE_BYTES = 128 << 20
SHARE_RATIO = 20
DEPTH = 12
RECEIPT = "receipt.json"
CHECKPOINTS = ".ipynb_checkpoints"
ONLY_CHECKPOINTS = (
    "is Jupyter's own copy, and the notebook itself is missing. Hand in the notebook."
)
JUNK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", CHECKPOINTS, "__pycache__", ".git"}


@dataclass(frozen=True)
class Item:
    """A file of the inbox. `parts` is its way in, a zip being a part like a folder.

    path is where its bytes lie, None where `message` names why it was refused. `when` is the zip
    entry's time (which has no zone and is read as UTC) or the file's modification time.
    """

    parts: tuple[str, ...]
    path: Path | None
    when: datetime | None = None
    message: str = ""


class Spool:
    """A folder for what zips hold, and how many inflated bytes are still allowed.

    A zip inside the inbox gets a share, so that one student cannot use up what the class needs.
    """

    def __init__(
        self, folder: Path, bytes_left: int = TOTAL_BYTES, around: Spool | None = None
    ) -> None:
        self.folder, self.bytes_left, self.around = folder, bytes_left, around
        self.names: Iterator[int] = around.names if around else count()

    def share(self, packed_bytes: int) -> Spool:
        """A spool for what a zip of that size may inflate to."""
        max_bytes = max(SHARE_BYTES, SHARE_RATIO * packed_bytes)
        return Spool(self.folder, min(max_bytes, self.bytes_left), self)

    def save(self, data: bytes) -> Path:
        """The data in a file of its own."""
        self.spend(len(data))
        path = self.folder / f"{next(self.names):06}"
        path.write_bytes(data)
        return path

    def spend(self, used: int) -> None:
        self.bytes_left -= used
        if self.around:
            self.around.spend(used)


def is_junk(name: str) -> bool:
    """Whether a system or an editor put a file of that name beside what was handed in."""
    return name in JUNK or name.startswith("._") or name.startswith("~$")
