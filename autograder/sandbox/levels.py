"""The levels of isolation, strongest first, each with the sentence that describes it to staff."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """walls: how the inner wall is built (see `JailSettings`). message: what is kept out."""

    name: str
    walls: str
    message: str

    @property
    def behind_bubblewrap(self) -> bool:
        return self.name.startswith("bubblewrap")


BUBBLEWRAP = Level(
    "bubblewrap",
    "namespaces",
    "Submissions run behind two walls: bubblewrap hides the course, this machine's files and the "
    "network, and namespaces of its own part each submission from the others.",
)
NAMESPACES = Level(
    "namespaces",
    "namespaces",
    "Submissions run behind one wall: namespaces of its own hide from each submission the course, "
    "this machine's files, the network and all other processes.",
)
BUBBLEWRAP_LANDLOCK = Level(
    "bubblewrap-landlock",
    "landlock",
    "Submissions run behind a wall and a half: bubblewrap hides the course, this machine's files "
    "and the network; landlock and a filter on system calls part submissions from each other, but "
    "they see what else runs, and memory and disk are bounded for each process and file only.",
)
LANDLOCK = Level(
    "landlock",
    "landlock",
    "Submissions run behind a weaker wall: landlock and a filter on system calls keep them from "
    "the course, other files, the network and other processes, but they see which files exist and "
    "memory and disk are bounded for each process and file only.",
)
NONE = Level(
    "none",
    "none",
    "Submissions run UNPROTECTED: they can read and change whatever you can.",
)
LEVELS = (BUBBLEWRAP, NAMESPACES, BUBBLEWRAP_LANDLOCK, LANDLOCK, NONE)
