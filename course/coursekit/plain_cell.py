"""A cell in the form that notebook format 4.5 allows, whatever tools added or left out.

Two cells have the same text where only blanks at the ends of lines differ: editors add and remove
those unasked.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from coursekit.notebook import Cell, meta, source

KINDS = ("code", "markdown", "raw")
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def plain_form(cell: Cell) -> Cell:
    """A copy with text as one string and only the keys of its kind; an invalid id is left out.

    Colab keeps a cell's id in its metadata; there it is looked for too.
    """
    kind = cell.get("cell_type") if cell.get("cell_type") in KINDS else "markdown"
    metadata = dict(cell["metadata"]) if isinstance(cell.get("metadata"), dict) else {}
    plain: Cell = {"cell_type": kind, "metadata": metadata, "source": _text(cell.get("source"))}
    candidates = (cell.get("id"), metadata.get("id"))
    ids = [name for name in candidates if isinstance(name, str) and CELL_ID.fullmatch(name)]
    if ids:
        plain["id"] = ids[0]
    for key in ("outputs", "execution_count", "attachments"):
        if key in cell:
            plain[key] = cell[key]
    return as_kind(plain, str(kind))


def as_kind(cell: Cell, kind: str) -> Cell:
    """The cell as one of another kind: code has outputs, text may have attachments."""
    text: Cell = {key: cell[key] for key in ("id", "metadata", "source") if key in cell}
    if kind == "code":
        count = cell.get("execution_count")
        outputs = cell.get("outputs")
        return {
            **text,
            "cell_type": kind,
            "execution_count": count if type(count) is int and count >= 0 else None,
            "outputs": [o for o in outputs if _is_output(o)] if isinstance(outputs, list) else [],
        }
    if isinstance(cell.get("attachments"), dict) and cell["attachments"]:
        text["attachments"] = cell["attachments"]
    return {**text, "cell_type": kind}


def stripped_text(cell: Cell) -> str:
    """The cell's text without blanks at the ends of its lines and of the whole."""
    return "\n".join(line.rstrip() for line in source(cell).strip().split("\n"))


def has_same_text(cell: Cell, other: Cell) -> bool:
    """Whether two cells are of one kind and have the same text."""
    return bool(cell["cell_type"] == other["cell_type"]) and (
        stripped_text(cell) == stripped_text(other)
    )


def grade_id(cell: Cell) -> str:
    return str(meta(cell).get("grade_id") or "")


def is_answer(cell: Cell) -> bool:
    return bool(meta(cell).get("solution"))


def is_locked(cell: Cell) -> bool:
    """Whether the cell is the course's alone: a test, or one that is read-only."""
    return not is_answer(cell) and bool(meta(cell).get("locked") or meta(cell).get("grade"))


def has_released_text(cell: Cell) -> bool:
    """Whether the text is the one that nbgrader's checksum was made of when it was released."""
    facts = meta(cell)
    if not isinstance(facts.get("checksum"), str):
        return False
    flags = (str(bool(facts.get(name))) for name in ("grade", "solution", "locked"))
    points = str(_number(facts.get("points"))) if facts.get("grade") else ""
    text = "".join([source(cell), cell["cell_type"], *flags, grade_id(cell), points])
    digest = hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return bool(digest == facts["checksum"])


def _number(points: Any) -> float:
    return float(points) if isinstance(points, int | float) else 0.0


def _text(text: Any) -> str:
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


OUTPUT_KEYS = {
    "stream": {"name", "text"},
    "display_data": {"data", "metadata"},
    "execute_result": {"data", "metadata", "execution_count"},
    "error": {"ename", "evalue", "traceback"},
}


def _is_output(output: Any) -> bool:
    """Whether the output has exactly the keys that its kind needs; else a reader may refuse it."""
    if not isinstance(output, dict):
        return False
    keys = OUTPUT_KEYS.get(str(output.get("output_type")))
    return keys is not None and set(output) - {"output_type"} == keys
