"""The names in a piece of code: those it binds, those it needs from outside, those it reads first.

Nothing is run. Python's own symbol tables know which name is local to what.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator


def bound(text: str) -> set[str]:
    """The names that code binds at its top level, or in a function as global."""
    table = symtable.symtable(text, "<cell>", "exec")
    top = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
    return top | {one.get_name() for one in table.get_symbols() if one.is_namespace()} | {
        one.get_name() for inner in _inner(table) for one in inner.get_symbols()
        if one.is_declared_global() and one.is_assigned()
    }  # fmt: skip


def rebound(text: str) -> set[str]:
    """The names that code binds other than by importing or defining them."""
    statements = [
        statement
        for statement in ast.parse(text).body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    return {name for one in statements for name in bound(ast.unparse(one))}


def free(text: str) -> set[str]:
    """The names that a definition needs from outside, annotations left out."""
    table = symtable.symtable(ast.unparse(_Bare().visit(ast.parse(text))), "<cell>", "exec")
    inside = {
        one.get_name()
        for inner in _inner(table)
        for one in inner.get_symbols()
        if one.is_global() and one.is_referenced()
    }
    return inside | {one.get_name() for one in table.get_symbols() if one.is_referenced()}


class _Bare(ast.NodeTransformer):
    """Takes annotations out: with `from __future__ import annotations` they are never run."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(0)
        return self.generic_visit(node)


def reads_first(text: str) -> set[str]:
    """The names that code reads before it binds them."""
    tree = ast.parse(text)
    names, found = bound(text), set()
    places = {name: _first_binding(tree, name) for name in names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            place = places.get(node.id)
            if place is None or (node.lineno, node.col_offset) < place:
                found.add(node.id)
    changed = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return found | (changed - set(vars(builtins)))


def _first_binding(tree: ast.Module, name: str) -> tuple[int, int]:
    """Where a name is first bound: behind the value of an assignment, at the target of a loop."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _stores(node, name):
            found.append((node.end_lineno or 0, node.end_col_offset or 0))
        elif isinstance(node, ast.For | ast.With | ast.FunctionDef | ast.ClassDef) and (
            getattr(node, "name", None) == name or _stores(node, name)
        ):
            found.append((node.lineno, node.col_offset))
    return min(found, default=(1 << 30, 0))


def _stores(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store)
        for one in ast.walk(node)
    )


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inner(child)
