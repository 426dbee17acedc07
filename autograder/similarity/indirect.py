"""Code that finds or runs other code by a text, which nobody can follow by reading names.

`globals()["wo" + "rk"]` is the function `work`, and no name in the cell says so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

RUNNERS = frozenset({"eval", "exec", "__import__"})
NAMESPACES = frozenset({"globals", "locals", "vars", "__builtins__"})
ATTRIBUTES = frozenset({"__builtins__", "__dict__", "__getattribute__", "__globals__"})
BY_NAME = "getattr"  # a name of an attribute that stands there is as good as a dot


def indirect_words(tree: ast.AST) -> frozenset[str]:
    """The words by which some code finds or runs code, such as 'globals'."""
    return frozenset(_words(tree))


def _words(tree: ast.AST) -> Iterator[str]:
    plain = set()  # uses of getattr that name an attribute
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name(id=called), [_, ast.Constant(value=str()), *_]) if (
                called == BY_NAME
            ):
                plain.add(node.func)
            case ast.Name(id=name) if name in RUNNERS | NAMESPACES:
                yield name
            case ast.Name(id=name) if name == BY_NAME and node not in plain:
                yield name
            case ast.Attribute(attr=name) if name in ATTRIBUTES:
                yield name
