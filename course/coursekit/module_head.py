"""The head of an exported module: which imports its code needs, sorted as ruff sorts them.

Also `__all__`, and the names that no import and no exported cell provides.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coursekit import notebook
from coursekit.notebook import Notebook

WIDTH = 100


@dataclass(frozen=True, order=True)
class Import:
    """One imported name: `import module as bound`, or `from module import name as bound`."""

    module: str
    name: str
    bound: str

    @property
    def clause(self) -> str:
        target = self.name or self.module
        plain = target if self.name else target.partition(".")[0]
        return target if self.bound == plain else f"{target} as {self.bound}"


def imports_of(book: Notebook, used: set[str], defined: set[str]) -> list[Import]:
    """The imports of all the notebook's cells that bind a name in `used` and not in `own`."""
    codes = [notebook.python(notebook.source(c)) for c in book["cells"] if notebook.is_code(c)]
    trees = [ast.parse(code) for code in codes if notebook.parses(code)]
    entries = [entry for tree in trees for node in tree.body for entry in _entries(node)]
    return [entry for entry in entries if _is_used(entry, used - defined)]


def import_block(imports: Iterable[Import], first_party: str) -> str:
    """The imports as ruff sorts them: future, standard library, third party, our own."""
    sections: dict[int, list[Import]] = {}
    for entry in sorted(set(imports)):
        sections.setdefault(_section(entry.module, first_party), []).append(entry)
    return "\n\n".join("\n".join(_section_lines(sections[key])) for key in sorted(sections))


def all_list(names: Iterable[str]) -> str:
    """`__all__` as ruff sorts it: constants, classes, then the rest."""
    quoted = [f'"{name}"' for name in sorted(names, key=_rank)]
    return _bracketed("__all__ = ", ("[", "]"), quoted) if quoted else ""


def undefined(text: str) -> list[str]:
    """The global names that a module uses and nowhere binds, sorted."""
    top = symtable.symtable(text, "<module>", "exec")
    bound = bound_names(text)
    used = {name for table in _tables(top) for name in _globals_used(table)}
    predefined = {"__name__", "__file__", "__doc__", "__all__", *dir(builtins)}
    return sorted(used - bound - predefined)


def bound_names(text: str) -> set[str]:
    """The names that a module binds at its top level, imports among them."""
    top = symtable.symtable(text, "<module>", "exec")
    symbols = (s for s in top.get_symbols() if s.is_assigned() or s.is_imported())
    return {s.get_name() for s in symbols} | {c.get_name() for c in top.get_children()}


def _entries(node: ast.stmt) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, "", alias.asname or alias.name.partition(".")[0])
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield Import(node.module, alias.name, alias.asname or alias.name)


def _is_used(entry: Import, used: set[str]) -> bool:
    if entry.module.partition(".")[0] == "coursekit":
        return False
    return entry.module == "__future__" or entry.bound in used


def _section(module: str, first_party: str) -> int:
    top = module.partition(".")[0]
    if top == "__future__":
        return 0
    if top in sys.stdlib_module_names:
        return 1
    return 3 if top == first_party else 2


def _section_lines(entries: list[Import]) -> Iterator[str]:
    plain = [entry for entry in entries if not entry.name]
    yield from (f"import {entry.clause}" for entry in sorted(plain))
    for module in sorted({entry.module for entry in entries if entry.name}):
        mine = [e for e in entries if e.name and e.module == module]
        mine.sort(key=lambda e: _rank(e.name))
        plainly = [entry.clause for entry in mine if entry.bound == entry.name]
        if plainly:
            yield _bracketed(f"from {module} import ", ("(", ")"), plainly)
        yield from (f"from {module} import {e.clause}" for e in mine if e.bound != e.name)


def _rank(name: str) -> tuple[int, str]:
    """Constants before classes before the rest, each by its name: the order of isort and ruff."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _bracketed(head: str, brackets: tuple[str, str], entries: list[str]) -> str:
    """The entries on one line; where that is too long, each on its own line between brackets."""
    plain = ("", "") if brackets == ("(", ")") else brackets
    line = head + plain[0] + ", ".join(entries) + plain[1]
    if len(line) <= WIDTH:
        return line
    return head + brackets[0] + "\n" + "".join(f"    {e},\n" for e in entries) + brackets[1]


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _globals_used(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        top = table.get_type() == "module"
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
