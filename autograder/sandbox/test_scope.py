"""What each hidden test may see, read from the reference notebook without running it.

A test runs in the tester with the instructor's imports and given definitions, its own earlier
names, and the submission's. Which name comes from where is decided here, by the reference: a
student who defines a helper again, or a name that no cell of the reference binds, changes nothing.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.notebook.code_names import bound, free, reads_first, rebound

_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[^\s=][^=\n]*\?)$", re.M)
_CHANGING = frozenset({"update", "setdefault", "pop", "popitem", "clear"})
_OF_THE_PROCESS = frozenset(
    {
        *("catch_warnings", "simplefilter", "filterwarnings", "errstate", "seterr"),
        *("seed", "set_state", "chdir", "getcwd", "environ", "globals", "locals", "get_ipython"),
        *("redirect_stdout", "redirect_stderr", "settrace", "setprofile", "setrecursionlimit"),
        *("getrefcount", "tracemalloc", "gcf", "gca", "get_fignums"),
    }
)
_MAGIC_VALUE = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$", re.M)


@dataclass(frozen=True)
class Scope:
    """Of one test cell. imports, given: source that the tester runs first (the same for all tests
    of a notebook). allowed: names that may be fetched from the submission. own: names that earlier
    tests bound and that still hold. shadowed: names of `imports` and `given` that the notebook has
    bound anew. hands_on: names this test binds and a later cell reads. magics: not plain Python,
    or about its whole process (warnings, a global seed, the current figure): not for a tester."""

    imports: str
    given: str
    allowed: tuple[str, ...]
    own: tuple[str, ...]
    shadowed: tuple[str, ...]
    hands_on: tuple[str, ...]
    magics: bool


def scopes(notebook: Notebook) -> dict[str, Scope]:
    """The scope of each test cell of a reference notebook, by its grade_id."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    blocks = [_read(cell) for cell in code]
    imports, given = _imports(blocks), _given(blocks)
    first = "\n".join(imports)
    texts = "\n\n\n".join(given.values())
    outside = bound(first) | set(given)
    return {
        cells.grade_id(block.cell): _scope(blocks, k, first, texts, outside)
        for k, block in enumerate(blocks)
        if block.is_test
    }


def binds(cell: Cell) -> frozenset[str]:
    """The names that a code cell binds at its top level."""
    return _read(cell).binds


@dataclass(frozen=True)
class _Block:
    """A code cell: its text without magics, and the names it binds and reads."""

    cell: Cell
    text: str
    is_test: bool
    is_solution: bool
    plain: bool
    binds: frozenset[str]
    rebinds: frozenset[str]
    reads: frozenset[str]


def _read(cell: Cell) -> _Block:
    source = cells.source(cell)
    text = source if _parses(source) else _without_magics(source)
    known = text if _parses(text) else ""
    test, solution = cells.is_test(cell), cells.is_solution(cell)
    names = frozenset(bound(known)), frozenset(rebound(known)), frozenset(reads_first(known))
    return _Block(cell, known, test, solution, text is source and bool(known or not source), *names)


def _scope(blocks: list[_Block], at: int, imports: str, given: str, outside: set[str]) -> Scope:
    block, before = blocks[at], blocks[:at]
    allowed = {name for one in before if not one.is_test for name in one.binds}
    shadowed = {name for one in before if not one.is_test for name in one.rebinds} & outside
    return Scope(
        imports,
        given,
        tuple(sorted(allowed)),
        tuple(sorted(_own(before))),
        tuple(sorted(shadowed - bound(given))),
        tuple(sorted(_hands_on(block, blocks[at + 1 :]))),
        not block.plain or _is_about_its_process(block.text),
    )


def _is_about_its_process(text: str) -> bool:
    """True for code that sets or reads what two processes do not share."""
    words = {one.attr for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Attribute)}
    words |= {one.id for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Name)} - {"seed"}
    return bool(words & _OF_THE_PROCESS)


def _own(before: list[_Block]) -> set[str]:
    """Names whose last binder is a test."""
    own: set[str] = set()
    for block in before:
        own = own | block.binds if block.is_test else own - block.binds
    return own


def _hands_on(block: _Block, later: list[_Block]) -> set[str]:
    waiting, found = set(block.binds), set()
    for one in later:
        if not one.is_test:
            found |= waiting & one.reads
        waiting -= one.binds
    return found


def _imports(blocks: list[_Block]) -> list[str]:
    """The instructor's import statements, `from __future__` first."""
    found = [
        ast.unparse(statement)
        for block in blocks
        if not block.is_solution and not block.is_test
        for statement in ast.parse(block.text).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    found = list(dict.fromkeys(found))
    return sorted(found, key=lambda text: not text.startswith("from __future__"))


def _given(blocks: list[_Block]) -> dict[str, str]:
    """Definitions that depend on nothing of the student's: {name: source}, in their order."""
    imported = {name for text in _imports(blocks) for name in bound(text)}
    times = Counter(name for block in blocks if not block.is_test for name in _statements(block))
    changed = {name for block in blocks if not block.is_test for name in _changed(block.text)}
    found = {
        name: text
        for block in blocks
        if not block.is_test
        for name, text in _definitions(block)
        if times[name] == 1 and name not in imported | changed
    }
    return _closed(found, imported | set(vars(builtins)))


def _closed(found: dict[str, str], known: set[str]) -> dict[str, str]:
    """The definitions whose free names are known, or defined by others that remain."""
    while True:
        kept = {
            name: text for name, text in found.items() if free(text) - {name} <= known | set(found)
        }
        if len(kept) == len(found):
            return kept
        found = kept


def _changed(text: str) -> Iterator[str]:
    """The names of things that code changes in place: x[1] = ..., x.y = ..., x.update(...)."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=word)):
                if word in _CHANGING:
                    yield name


def _statements(block: _Block) -> Iterator[str]:
    """A name for each top-level statement that binds it."""
    for statement in ast.parse(block.text).body:
        yield from bound(ast.unparse(statement))


def _definitions(block: _Block) -> Iterator[tuple[str, str]]:
    for statement in ast.parse(block.text).body:
        text = _segment(block.text, statement)
        if isinstance(statement, ast.ClassDef) and block.is_solution:
            if _is_dataclass(statement) and cells.SOLUTION[0] not in text:
                yield statement.name, text
        elif not block.is_solution:
            yield from _definition(statement, text)


def _definition(statement: ast.stmt, text: str) -> Iterator[tuple[str, str]]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, text
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_constant(value):
            yield name, text


def _is_constant(value: ast.expr) -> bool:
    """A literal that nobody can change in place, parts of earlier constants included."""
    match value:
        case ast.Constant() | ast.Name():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Tuple(elts=parts):
            return all(_is_constant(part) for part in parts)
        case ast.Starred(value=inner) | ast.Subscript(value=inner):
            return _is_constant(inner)
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and _is_constant(key) for key in keys) and all(
                map(_is_constant, values)
            )
    return False


def _is_dataclass(statement: ast.ClassDef) -> bool:
    names = {node.id for part in statement.decorator_list for node in ast.walk(part)
             if isinstance(node, ast.Name)}  # fmt: skip
    return "dataclass" in names


def _segment(text: str, statement: ast.stmt) -> str:
    """The lines of a statement, its decorators included."""
    marks = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(mark.lineno for mark in marks)])
    return "\n".join(text.split("\n")[first - 1 : statement.end_lineno])


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _without_magics(text: str) -> str:
    """The text with IPython's lines made harmless, so that its names can be read."""
    if text.lstrip().startswith("%%"):
        text = "\n" + text.lstrip().partition("\n")[2]
    return _MAGIC.sub(r"\1pass", _MAGIC_VALUE.sub(r"\1None", text))
