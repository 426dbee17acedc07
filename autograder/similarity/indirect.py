"""Code that finds or runs other code by a text, which nobody can follow by reading names.

`globals()["wo" + "rk"]` is the function `work`, and no name in the cell says so. The same goes for
a cell that imports itself, as `__main__`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

FINDERS = frozenset({"__import__", "attrgetter", "import_module", "methodcaller"})
NAMES = FINDERS | {"__builtins__", "eval", "exec", "globals", "locals", "vars"}
ATTRIBUTES = FINDERS | {
    *("__builtins__", "__dict__", "__getattribute__", "__globals__", "f_globals", "f_locals"),
    *("run_cell", "user_ns"),  # of IPython
}
MODULES = frozenset({"__main__", "builtins"})
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
            case ast.Name(id=name) if name in NAMES or (name == BY_NAME and node not in plain):
                yield name
            case ast.Attribute(attr=name) if name in ATTRIBUTES:
                yield name
            case ast.Attribute(ast.Name(id="sys"), "modules") | ast.alias("sys", str()):
                yield "sys.modules"
            case ast.alias(name=name) if name in FINDERS | MODULES:
                yield name
            case ast.ImportFrom(module=str(name)) if name in MODULES or name == "sys":
                yield name
