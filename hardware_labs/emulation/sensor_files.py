"""Which recordings are on this machine: their names, without NumPy, so that a board starts soon."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "recordings"
FILES = {"motion": "motion.npz", "mote": "motes.npz", "speech": "speech.npz"}


def names() -> tuple[str, ...]:
    """The recordings whose files are there."""
    return tuple(name for name, file in FILES.items() if (FOLDER / file).exists())
