"""A notebook as plain JSON: reading it, and finding its cells again.

Colab and copy-paste can drop a cell's metadata, so a cell is looked for by its grade_id, else by
its cell id, else by the names it defines; `find` says which of the three it was.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from coursekit.syllabus import CourseError

Notebook = dict[str, Any]
Cell = dict[str, Any]

SOLUTION = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")

# Cell magics whose body is still Python; the body of any other (%%bash, %%html) is not.
PYTHON_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


class FoundCell(NamedTuple):
    """A cell and how it was recognised: 'grade_id', 'id' or 'names'."""

    cell: Cell
    by: str


def read(path: Path) -> Notebook:
    """The notebook at `path`, or a CourseError that names the file and the fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    return parse(data, path)


def parse(data: bytes, path: Path) -> Notebook:
    """The notebook that `data` holds, or a CourseError that names `path` and the fault."""
    try:
        notebook = json.loads(data.decode())
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not a notebook: it is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise CourseError(
            f"{path} is damaged: line {error.lineno} is not JSON ({error.msg}). "
            f"Open it in Jupyter and save it again, or take a copy from .ipynb_checkpoints."
        ) from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise CourseError(f"{path} is not a notebook of format 4: it has no list of cells.")
    return notebook


def source(cell: Cell) -> str:
    """The cell's text; on disk it may be a list of lines."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def meta(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata of a cell, {} where there is none."""
    metadata = (cell.get("metadata") or {}).get("nbgrader", {})
    return metadata if isinstance(metadata, dict) else {}


def name(cell: Cell) -> str:
    """What to call a cell: its grade_id, else its cell id, else its first line."""
    first = source(cell).strip().split("\n")[0]
    return str(meta(cell).get("grade_id") or cell.get("id") or f"the cell '{first[:40]}'")


def is_code(cell: Cell) -> bool:
    return cell.get("cell_type") == "code"


def is_test(cell: Cell) -> bool:
    """Graded by running it: a graded code cell that is not itself the student's answer."""
    return is_code(cell) and bool(meta(cell).get("grade")) and not meta(cell).get("solution")


def is_tagged(cell: Cell, tag: str) -> bool:
    return tag in ((cell.get("metadata") or {}).get("tags") or [])


def find(notebook: Notebook, cell_name: str, defines: Iterable[str] = ()) -> FoundCell | None:
    """The cell called `cell_name`; of two, the last, as the grader does.

    Where neither a grade_id nor a cell id matches, the last code cell that defines all `defines`.
    """
    names = set(defines)
    cells = notebook["cells"][::-1]
    for cell in cells:
        if meta(cell).get("grade_id") == cell_name:
            return FoundCell(cell, "grade_id")
    for cell in cells:
        if cell.get("id") == cell_name:
            return FoundCell(cell, "id")
    for cell in cells:
        if names and is_code(cell) and names <= set(defined(source(cell))):
            return FoundCell(cell, "names")
    return None


def python(text: str) -> str:
    """The plain Python of a code cell: each magic or shell line becomes a comment.

    Line numbers stay. A cell in another language (%%bash, %%html) becomes comments altogether.
    """
    if parses(text):  # subtle: a line of a long expression may begin with the operator %
        return text
    lines = text.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(PYTHON_MAGICS):
        return "\n".join("# " + line for line in lines)
    return "\n".join(re.sub(r"^(\s*)([%!].*)$", r"\1pass  # \2", line) for line in lines)


def parses(text: str) -> bool:
    try:
        compile(text, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):  # ValueError: a null byte
        return False
    return True


def has_magics(text: str) -> bool:
    return python(text) != text


def visible(text: str) -> str:
    """A test cell without its hidden tests, as it is released."""
    visible_lines, inside = [], False
    for line in text.split("\n"):
        if HIDDEN[0] in line:
            inside = True
        elif inside and HIDDEN[1] in line:
            inside = False
        elif not inside:
            visible_lines.append(line)
    return "\n".join(visible_lines).rstrip()


def defined(text: str) -> list[str]:
    """The names a code cell defines at its top level, in order; [] where it does not parse."""
    code = python(text)
    body = ast.parse(code).body if parses(code) else []
    return list(dict.fromkeys(name for statement in body for name in bound(statement)))


def bound(statement: ast.stmt) -> list[str]:
    """The names that a def, a class or a plain assignment binds."""
    match statement:
        case ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found):
            return [found]
        case ast.ClassDef(name=found):
            return [found]
        case ast.Assign(targets=targets):
            nodes = [node for target in targets for node in ast.walk(target)]
            return [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        case ast.AnnAssign(target=ast.Name(id=found), value=value) if value is not None:
            return [found]
    return []


def unwritten(text: str) -> bool:
    """Whether a code cell still holds the stub of the release: `raise NotImplementedError`.

    A raise with a message is an abstract method, not a stub.
    """
    code = python(text)
    nodes = ast.walk(ast.parse(code)) if parses(code) else ()
    return any(
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Name)
        and node.exc.id == "NotImplementedError"
        for node in nodes
    )
