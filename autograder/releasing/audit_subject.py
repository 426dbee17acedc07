"""What an audit is about, as a digest: all that could change a verdict, and nothing else.

Text cells, and the comments and docstrings of the course's packages, change no verdict, and neither
does a chapter that the assignment does not build on. So a sentence can be mended, or a chapter
added, without an hour of new audits.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import tokenize
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from autograder.grading.context import supplies
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.releasing.imported_modules import imported_modules
from autograder.settings.nbgrader_config import support_files
from autograder.settings.source_notebook import source_notebook
from autograder.settings.student_packages import chapters, dotted, with_everyday_names

CONFIG = "nbgrader_config.py"
SYLLABUS = "syllabus.toml"  # among the packages


def proofs_path(course: Course, assignment: Assignment) -> Path:
    return course.proofs / f"{assignment.id}.py"


def subject_digest(course: Course, assignment: Assignment) -> str:
    """The digest of the notebooks' code with the course's header and settings, their support files,
    the proofs, the code of the course's packages as far as the assignment's students may have it,
    and autograder's version."""
    digest = hashlib.sha256(version("mlsys-course").encode())
    for name in assignment.notebooks:
        digest.update(_code_of(source_notebook(course, assignment, name)))
    folder = course.source / assignment.id
    support = [folder / path for path in support_files(course, assignment)]
    for path in (*support, proofs_path(course, assignment), course.root / CONFIG):
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    ids = {assignment.id, *(chapter.id for chapter in chapters(course, assignment))}
    other_modules = {dotted(row.exports) for row in course.assignments if row.id not in ids}
    libraries = supplies(course, assignment, "warm").libraries
    for name in sorted(imported_modules(_texts(course, assignment, support), libraries)):
        digest.update(
            name.encode() + b"\0" + _part_in_sight(name, libraries[name], ids, other_modules)
        )
    return digest.hexdigest()


def _texts(course: Course, assignment: Assignment, support: list[Path]) -> Iterator[str]:
    """All code that a trial runs and that may import the course's packages."""
    for name in assignment.notebooks:
        rows = source_notebook(course, assignment, name)["cells"]
        yield from (cells.source(cell) for cell in rows if cell["cell_type"] == "code")
    for path in (*support, proofs_path(course, assignment)):
        if path.suffix == ".py" and path.exists():
            yield path.read_text(encoding="utf-8")


def _code_of(notebook: Notebook) -> bytes:
    """The code cells with what nbgrader and the exporter say of them, and the kernel."""
    rows = [
        [cell.get("id"), cells.source(cell), cell.get("metadata", {})]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    kernel = notebook.get("metadata", {}).get("kernelspec", {}).get("name")
    return json.dumps([kernel, rows], sort_keys=True).encode()


def _part_in_sight(name: str, data: bytes, ids: set[str], other_modules: set[str]) -> bytes:
    """What of a package file a trial can see. other_modules: those of other chapters, whose
    everyday names a package lists."""
    if name == SYLLABUS:
        return _chapters(data, ids)
    if not name.endswith(".py"):
        return data
    try:
        lines = _code_lines(data.decode())
    except (ValueError, SyntaxError, tokenize.TokenError):
        return data
    return with_everyday_names(
        "\n".join(lines), lambda module: module not in other_modules
    ).encode()


def _chapters(syllabus: bytes, ids: set[str]) -> bytes:
    """What of a syllabus a trial can see: what these assignments export. Other assignments and
    planned minutes are no part of it."""
    rows = tomllib.loads(syllabus.decode())["assignment"]
    exports = {row["id"]: (row.get("exports"), row.get("everyday")) for row in rows}
    return json.dumps({id: exports.get(id) for id in sorted(ids)}).encode()


def _code_lines(text: str) -> list[str]:
    """The lines of a module without docstrings, comments and blank lines."""
    lines = text.split("\n")
    in_strings: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column].rstrip()
        elif token.type == tokenize.STRING:
            in_strings.update(range(row, token.end[0] + 1))
    docstrings = {
        row for first, last in _docstrings(ast.parse(text)) for row in range(first, last + 1)
    }
    return [
        line
        for row, line in enumerate(lines, 1)
        if row not in docstrings and (line.strip() or row in in_strings)
    ]


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """The first and the last line of each docstring that has its lines for itself."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        match node.body:
            case [ast.Expr(value=ast.Constant(value=str())) as first, *_]:
                if first.lineno != getattr(node, "lineno", 0):
                    yield first.lineno, first.end_lineno or first.lineno
