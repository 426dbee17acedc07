"""The check of a student's bytes: are they a notebook that can be graded, of this assignment?

Bytes that no later stage can open, and a notebook of another assignment, are refused with a
sentence. What grading can repair is accepted: a deleted test cell, stripped metadata, a cell pasted
twice.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from autograder.model import CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.notebook.upgrade import is_old_format, to_current_format

MIN_TEXT_CHARACTERS = 40
MAX_CELLS = 5000
MAX_DEPTH = 100  # of lists and tables in each other; later stages walk them by recursion
CELL_TYPES = ("code", "markdown", "raw")
FILE_KINDS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PK\x03\x04": "a zip file",
    b"\x1f\x8b": "a gzip file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"<": "a web page",
    b"version https://git-lfs": "a git-lfs pointer to the notebook",
}
SAVE_AGAIN = "Save it in JupyterLab or Colab, download it and hand in that file."


def open_notebook(data: bytes) -> Notebook:
    """The notebook in `data`. Raises CourseError with a sentence fragment that names the fault."""
    if not data.strip():
        raise CourseError(f"is empty. {SAVE_AGAIN}")
    kind = next((name for start, name in FILE_KINDS.items() if data.startswith(start)), "")
    if kind:
        raise CourseError(f"is {kind}, not a notebook. {SAVE_AGAIN}")
    notebook = _parse(data)
    if isinstance(notebook, dict) and "doc_id" in notebook and "cells" not in notebook:
        raise CourseError(f"is a link to Google Drive, not a notebook. {SAVE_AGAIN}")
    if not isinstance(notebook, dict):
        raise CourseError(f"is JSON but not a notebook (a {type(notebook).__name__}). {SAVE_AGAIN}")
    if is_old_format(notebook):
        notebook = to_current_format(notebook)
    _check_format(notebook.get("nbformat"))
    _check_cells(notebook)
    return notebook


def _parse(data: bytes) -> Any:
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
        json.dumps(parsed, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as fault:
        raise CourseError(f"is not UTF-8 text (byte {fault.start}). {SAVE_AGAIN}") from fault
    except UnicodeEncodeError as fault:
        raise CourseError(f"holds half of a Unicode character. {SAVE_AGAIN}") from fault
    except json.JSONDecodeError as fault:
        why = f"is cut off or not JSON (line {fault.lineno}: {fault.msg})"
        raise CourseError(f"{why}. {SAVE_AGAIN}") from fault
    except (RecursionError, ValueError) as fault:
        raise CourseError(f"is nested too deep or holds a number too long. {SAVE_AGAIN}") from fault
    if _deeper_than(MAX_DEPTH, parsed):
        raise CourseError(
            f"is nested too deep, {MAX_DEPTH} lists or tables in each other. {SAVE_AGAIN}"
        )
    return parsed


def _deeper_than(depth: int, value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        inside = (v.values() if isinstance(v, dict) else v for v in level)
        level = [item for items in inside for item in items if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _check_format(version: Any) -> None:
    if version == 4 and isinstance(version, int):
        return
    raise CourseError(
        f"names no notebook format that is known (nbformat {_short_text(version)}). {SAVE_AGAIN}"
    )


def _short_text(value: Any) -> str:
    try:
        return f"{value!r:.20}"
    except ValueError:  # an integer with thousands of digits has no text
        return "a number too long"


def _check_cells(notebook: Notebook) -> None:
    cell_list = notebook.get("cells")
    if not isinstance(cell_list, list) or not cell_list:
        raise CourseError(f"has no cells. {SAVE_AGAIN}")
    if len(cell_list) > MAX_CELLS:
        raise CourseError(f"has {len(cell_list)} cells, more than the {MAX_CELLS} that are graded.")
    if not isinstance(notebook.get("metadata", {}), dict):
        raise CourseError(f"has metadata that is not a table. {SAVE_AGAIN}")
    for number, cell in enumerate(cell_list, start=1):
        fault = _cell_fault(cell)
        if fault:
            raise CourseError(f"has a damaged cell (number {number}: {fault}). {SAVE_AGAIN}")


def _cell_fault(cell: Any) -> str:
    if not isinstance(cell, dict):
        return "not a table"
    if cell.get("cell_type") not in CELL_TYPES:
        return "no cell_type"
    text = cell.get("source", "")
    if not isinstance(text, str) and not (
        isinstance(text, list) and all(isinstance(line, str) for line in text)
    ):
        return "its source is not text"
    if not isinstance(cell.get("metadata", {}), dict):
        return "its metadata is not a table"
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list) or not all(isinstance(out, dict) for out in outputs):
        return "its outputs are not a list of tables"
    return ""


def traces(notebook: Notebook) -> frozenset[str]:
    """The marks by which a copy of this notebook is recognised: grade ids, cell ids, long texts and
    the names of its functions and classes."""
    grade_ids = (cells.grade_id(cell) for cell in notebook["cells"])
    marks = {f"grade {grade_id}" for grade_id in grade_ids if grade_id}
    for cell in notebook["cells"]:
        text = cells.source(cell)
        marks.add(f"cell {cell.get('id') or ''}")
        if len(text.strip()) >= MIN_TEXT_CHARACTERS:
            marks.add(f"text {text.strip()}")
        if cell["cell_type"] == "code":
            marks.update(f"name {n}" for n in re.findall(r"(?m)^(?:def|class)\s+(\w+)", text))
    return frozenset(marks - {"cell "})


def grade_traces(notebook_traces: frozenset[str]) -> frozenset[str]:
    return frozenset(trace for trace in notebook_traces if trace.startswith("grade "))


def wrong_assignment(
    notebook: Notebook, assignment: str, released: Mapping[str, frozenset[str]]
) -> str:
    """'' where the notebook belongs to `assignment`, else a sentence fragment.

    released: each assignment's id and the traces of its released notebooks. Where nothing of
    `assignment` was released yet, there is nothing to compare with and every notebook passes.
    """
    present = traces(notebook)
    expected = released.get(assignment, frozenset())
    if not expected or grade_traces(present) & expected:
        return ""
    shared = {name: len(present & marks) for name, marks in released.items() if name != assignment}
    best = max(shared, key=lambda name: shared[name], default="")
    if best and shared[best] > len(present & expected):
        return (
            f"is the notebook of '{best}', not of '{assignment}'. "
            f"Hand in the one of '{assignment}'."
        )
    if not present & expected:
        return f"has no cell of '{assignment}'. Is it the right notebook? Hand in the released one."
    return ""


def repeated_cells(notebook: Notebook) -> list[str]:
    """Grade ids that stand in more than one cell."""
    count = Counter(cells.grade_id(cell) for cell in notebook["cells"] if cells.grade_id(cell))
    return sorted(grade_id for grade_id, times in count.items() if times > 1)
