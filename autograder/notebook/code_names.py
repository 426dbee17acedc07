"""The names in a piece of code: those it binds, needs from outside, reads first, changes in place.

Nothing is run. Python's own symbol tables know which name is local to what.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator
from functools import lru_cache

_BINDING = (ast.For, ast.With, ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)
REMEMBERED = 4096  # pieces of code: a notebook is read many times over
MUTATING_METHODS = frozenset({"update", "setdefault", "pop", "popitem", "clear"})


@lru_cache(REMEMBERED)
def bound_names(text: str) -> frozenset[str]:
    """The names that code binds at its top level, or in a function as global."""
    table = symtable.symtable(text, "<cell>", "exec")
    symbols = table.get_symbols()
    top = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    top |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_namespace()}
    return frozenset(top).union(
        symbol.get_name()
        for nested in _nested_tables(table)
        for symbol in nested.get_symbols()
        if symbol.is_declared_global() and symbol.is_assigned()
    )


def rebound_names(text: str) -> set[str]:
    """The names that code binds other than by importing or defining them."""
    statements = [
        statement
        for statement in ast.parse(text).body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    return {name for statement in statements for name in bound_names(ast.unparse(statement))}


@lru_cache(REMEMBERED)
def free_names(text: str) -> frozenset[str]:
    """The names that a definition needs from outside, annotations left out."""
    code = ast.unparse(_AnnotationRemover().visit(ast.parse(text)))
    table = symtable.symtable(code, "<cell>", "exec")
    inside = {
        symbol.get_name()
        for nested in _nested_tables(table)
        for symbol in nested.get_symbols()
        if symbol.is_global() and symbol.is_referenced()
    }
    return frozenset(inside).union(
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()
    )


class _AnnotationRemover(ast.NodeTransformer):
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


@lru_cache(REMEMBERED)
def names_read_first(text: str) -> frozenset[str]:
    """The names that code reads before it binds them, those of its own comprehensions and
    functions left out."""
    tree = ast.parse(text)
    bound, first = bound_names(text), _first_bindings(tree)
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            binding = first.get(node.id) if node.id in bound else None
            if binding is None or (node.lineno, node.col_offset) < binding:
                names.add(node.id)
    changed = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return (free_names(text) & names) | (changed - set(vars(builtins)))


def mutated_names(text: str) -> Iterator[str]:
    """The names of values that code changes in place: x[1] = ..., x.y = ..., x.update(...)."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=word)):
                if word in MUTATING_METHODS:
                    yield name


def _first_bindings(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """The (line, column) at which each name is first bound: behind the value of an assignment, at
    the target of a loop."""
    first: dict[str, tuple[int, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            position = (node.end_lineno or 0, node.end_col_offset or 0)
        elif isinstance(node, _BINDING):
            position = (node.lineno, node.col_offset)
        else:
            continue
        for name in _stored_names(node) | {getattr(node, "name", None) or ""}:
            first[name] = min(position, first.get(name, position))
    return first


def _stored_names(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _nested_tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _nested_tables(child)
