"""A cell without the functions that nothing calls: whoever copies may put some beside the copy.

Suppose that a question asks for `softmax`. Its function stays, so does every function that it
reads, and every statement of the cell that defines none, with what it reads. A function `checker`
that only `checker` itself reads is left out, also where `softmax` has a variable `checker`, and so
is a first `softmax` which a second one below it replaces.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class _Defined:
    """A function or class: the words by which it is read, 'name' and for a method '.name', and the
    words that it reads itself, outside the definitions in it."""

    node: Definition
    words: frozenset[str]
    reads: frozenset[str]


def names_of(tree: ast.AST) -> frozenset[str]:
    """The words that some code reads ('name', '.attribute'), and those of what it defines."""
    defined = _definitions(tree)
    return frozenset(_read(tree)).union(*(each.words | each.reads for each in defined))


def without_uncalled(tree: ast.Module, asked: frozenset[str]) -> ast.Module:
    """`tree` without the functions, classes and methods that nothing leads to.

    asked: the `names_of` the notebook. Where the cell defines none of them, all stays.
    """
    definitions = list(_definitions(tree))
    if not any(asked & each.words for each in definitions):
        return tree
    replaced = set(_replaced(tree))
    definitions = [each for each in definitions if each.node not in replaced]
    called = _called(definitions, asked | frozenset(_read(tree)))
    for block in _blocks(tree):
        block[:] = [s for s in block if not isinstance(s, Definition) or s in called]
    return tree


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                yield statements


def _replaced(tree: ast.Module) -> Iterator[Definition]:
    """The functions that another one of their name replaces further down in the same block."""
    for block in _blocks(tree):
        later: set[str] = set()
        for node in reversed(block):
            if isinstance(node, Definition) and not node.decorator_list:
                if node.name in later:
                    yield node
                later.add(node.name)


def _called(definitions: list[_Defined], words: frozenset[str]) -> set[Definition]:
    """What is defined and `words` lead to, directly or through each other."""
    called: set[Definition] = set()
    waiting = [each for each in definitions if words & each.words or _is_special(each.node.name)]
    while waiting:
        each = waiting.pop()
        if each.node not in called:
            called.add(each.node)
            waiting += [other for other in definitions if each.reads & other.words]
    return called


def _definitions(tree: ast.AST) -> Iterator[_Defined]:
    for node in ast.walk(tree):
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, Definition):
                is_method = isinstance(node, ast.ClassDef)
                words = {inner.name, f".{inner.name}"} if is_method else {inner.name}
                yield _Defined(inner, frozenset(words), frozenset(_read(inner)) - _bound(inner))


def _read(node: ast.AST) -> Iterator[str]:
    """What a definition, or a cell, reads outside the definitions in it."""
    for inner in ast.iter_child_nodes(node):
        match inner:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for part in (*inner.decorator_list, *getattr(inner, "bases", ())):
                    yield from _read(ast.Expr(part))
                continue
            case ast.Name(id=name, ctx=ast.Load()):
                yield name
            case ast.Attribute(attr=name):
                yield f".{name}"
        yield from _read(inner)


def _bound(definition: Definition) -> frozenset[str]:
    """The arguments and variables of a function, which hide what has the same name outside."""
    if isinstance(definition, ast.ClassDef):
        return frozenset()
    outer = {
        name
        for node in ast.walk(definition)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    bound = (
        node.arg if isinstance(node, ast.arg) else node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    )
    return frozenset(bound) - outer


def _is_special(name: str) -> bool:
    """Whether Python itself calls a method of this name."""
    return name.startswith("__") and name.endswith("__")
