"""Our script and style for a page: the files of `javascript/` one after the other, so that each
part of the panel has a file of its own and nothing is fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "javascript"
PANEL = (
    "elements",
    "serial",
    "ports",
    "log",
    "plot",
    "upload",
    "recorder",
    "benchmark",
    "memory",
    "energy",
    "panel",
)
BUTTON = ("elements", "serial", "button")
STYLE = FOLDER / "panel.css"


def script(names: tuple[str, ...]) -> str:
    """The JavaScript of these files."""
    return "\n".join(_file(name).read_text(encoding="utf-8") for name in names)


def style() -> str:
    """The style sheet of every page."""
    return STYLE.read_text(encoding="utf-8")


def page_files() -> list[Path]:
    """All files that a page takes."""
    return [*(_file(name) for name in dict.fromkeys(PANEL + BUTTON)), STYLE]


def _file(name: str) -> Path:
    return FOLDER / f"{name}.js"
