"""The raw log as a person wants it: filtered, and saved as a text file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def filtered(lines: Iterable[str], needle: str = "", samples: bool = True) -> list[str]:
    """The lines that contain `needle`, in either case of letters; without `m-s-` if not samples."""
    folded_needle = needle.casefold()
    return [
        line
        for line in lines
        if folded_needle in line.casefold() and (samples or "<- m-s-" not in line)
    ]


def save_log(folder: Path, lines: Iterable[str]) -> Path:
    """Writes the lines to the first free name log-1.txt, log-2.txt, ... and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while (path := folder / f"log-{number}.txt").exists():
        number += 1
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
