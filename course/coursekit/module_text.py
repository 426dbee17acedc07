"""From the exported cells of a notebook to the text of a library module.

The module reads as if written by hand: docstring, imports first, `__all__`, then the cells' code in
order without the markers of the exercises. The same notebook always gives the same bytes.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable

from coursekit import notebook
from coursekit.module_head import WIDTH, all_list, import_block, imports_of
from coursekit.notebook import Cell, Notebook

TASK = re.compile(r"#\s*(your task|task|todo)\b", re.IGNORECASE)


def module_text(book: Notebook, cells: list[Cell]) -> str:
    """The module made of `cells`; the imports it needs are taken from any cell of the notebook."""
    codes = [_code(cell) for cell in cells]
    body = _join(_pieces(code) for code in codes)
    names = _public(body)
    imports = imports_of(book, _used(body), set(notebook.defined(body)))
    parts = [_docstring(book), import_block(imports, "tinytorch"), all_list(names)]
    head = "\n\n".join(part for part in parts if part)
    gap = "\n\n\n" if _starts_definition(body) else "\n\n"
    return head + (gap + body if body else "") + "\n"


def _code(cell: Cell) -> str:
    """A cell's code without markers, task, imports, magics and its displayed last value."""
    text = _without_exercise(notebook.python(notebook.visible(notebook.source(cell))))
    tree = ast.parse(text)
    lines = text.split("\n")
    for statement in tree.body:
        is_display = statement is tree.body[-1] and isinstance(statement, ast.Expr)
        magic = isinstance(statement, ast.Pass)
        if is_display or magic or isinstance(statement, (ast.Import, ast.ImportFrom)):
            _blank(lines, statement)
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _blank(lines: list[str], statement: ast.stmt) -> None:
    assert statement.end_lineno is not None
    for number in range(statement.lineno - 1, statement.end_lineno):
        lines[number] = ""


def _without_exercise(text: str) -> str:
    """The text without marker lines and without the comment that sets the task."""
    lines_kept: list[str] = []
    in_task = False
    for line in text.split("\n"):
        stripped = line.strip()
        in_task = stripped.startswith("#") and (in_task or bool(TASK.match(stripped)))
        if notebook.SOLUTION[0] in line:
            _drop_comment(lines_kept)
        elif notebook.SOLUTION[1] not in line and not in_task:
            lines_kept.append(line)
    return "\n".join(lines_kept)


def _drop_comment(lines: list[str]) -> None:
    """Removes the comment block at the end of `lines`: what stands over a solution is its task."""
    while lines and lines[-1].strip().startswith("#"):
        lines.pop()


def _pieces(code: str) -> list[tuple[bool, str]]:
    """The top-level pieces of a cell: whether it is a definition, and its text with comments."""
    lines = code.split("\n")
    pieces, start = [], 0
    for statement in ast.parse(code).body:
        assert statement.end_lineno is not None
        text = "\n".join(lines[start : statement.end_lineno])
        if text:  # subtle: a second statement on the same line is already in the first's text
            pieces.append((_is_definition(statement), text))
        start = statement.end_lineno
    remainder = "\n".join(lines[start:]).strip("\n")
    return [*pieces, *([(False, remainder)] if remainder else [])]


def _join(cells: Iterable[list[tuple[bool, str]]]) -> str:
    """Two blank lines around definitions, one between cells, else as written."""
    text, after_definition = "", False
    for pieces in cells:
        for number, (definition, piece) in enumerate(pieces):
            blank = len(piece) - len(piece.lstrip("\n")) - 1
            least = 0 if number else 1
            gap = 2 if definition or after_definition else max(least, min(blank, 1))
            text += ("\n" * (gap + 1) if text else "") + _single_blanks(piece.strip("\n"))
            after_definition = definition
    return text


def _single_blanks(piece: str) -> str:
    """At most one blank line within a definition; a string keeps its own."""
    strings = {
        number
        for node in ast.walk(ast.parse(piece))
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno
        for number in range(node.lineno, node.end_lineno)
    }
    lines = piece.split("\n")
    twice = (n for n in range(1, len(lines)) if not lines[n] and not lines[n - 1])
    drop = {n for n in twice if n not in strings}
    return "\n".join(line for n, line in enumerate(lines) if n not in drop)


def _is_definition(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def _starts_definition(body: str) -> bool:
    tree = ast.parse(body)
    return bool(tree.body) and _is_definition(tree.body[0])


def _public(body: str) -> list[str]:
    return [name for name in notebook.defined(body) if not name.startswith("_")]


def _used(body: str) -> set[str]:
    """Every name the code mentions, in quoted annotations too."""
    nodes = list(ast.walk(ast.parse(body)))
    plain = {node.id for node in nodes if isinstance(node, ast.Name)}
    annotations = [getattr(n, "annotation", None) or getattr(n, "returns", None) for n in nodes]
    quoted = [n.value for a in annotations if a for n in ast.walk(a) if isinstance(n, ast.Constant)]
    return plain | {word for text in quoted for word in re.findall(r"\w+", str(text))}


def _docstring(book: Notebook) -> str:
    """The module's docstring: `mlsys.module_doc`, else the notebook's title and first sentence."""
    mlsys = book.get("metadata", {}).get("mlsys", {})
    text = mlsys.get("module_doc") or _title(book)
    text = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    if not text:
        return ""
    title, _, body = text.partition("\n")
    paragraphs = [textwrap.fill(p, WIDTH) for p in re.split(r"\n\s*\n", body.strip()) if p.strip()]
    if not paragraphs:
        return f'"""{title.strip()}"""'
    return '"""' + "\n\n".join([title.strip(), *paragraphs]) + '\n"""'


def _title(book: Notebook) -> str:
    """The heading of the first text cell and the first sentence under it, as plain text."""
    texts = [notebook.source(c) for c in book["cells"] if c.get("cell_type") == "markdown"]
    blocks = (
        re.split(r"\n\s*\n|(?<=\n)(?!#)|\n(?=#)", texts[0].strip(), maxsplit=1) if texts else []
    )
    if not blocks:
        return ""
    heading = blocks[0].lstrip("# ").strip()
    heading = heading if heading.endswith((".", "?", "!")) else heading + "."
    sentence = re.split(r"(?<=[.?!])\s|\n\s*\n", blocks[1].strip())[0] if len(blocks) > 1 else ""
    return _plain(heading + "\n\n" + sentence)


def _plain(markdown: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"\*\*?(?=\S)(.+?)(?<=\S)\*\*?", r"\1", text)
