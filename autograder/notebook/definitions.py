"""Cells that only define new names: what such a cell does changes nothing for what ran before it.

A test that stands before such a cell finds in the submission after it what it would have found
before it. Nothing is run; a cell in doubt counts as one that does more.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator
from functools import lru_cache

REMEMBERED = 4096  # cells
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_REACHING_ANY_NAME = frozenset({"globals", "locals", "vars", "eval", "exec", "dir", "get_ipython"})
_QUIET_MODULES = sys.stdlib_module_names | {"numpy"}
_METHOD_KINDS = {"staticmethod", "classmethod", "property"}
_ANNOTATION = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.BinOp, ast.BitOr,
    ast.Load,
)  # fmt: skip


@lru_cache(REMEMBERED)
def defined_names(text: str) -> frozenset[str] | None:
    """The names that a cell defines, imports or sets to a constant; None where it does more."""
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    if not all(_only_defines(statement) for statement in statements):
        return None
    return frozenset(name for statement in statements for name in _bound_by(statement))


@lru_cache(REMEMBERED)
def used_names(text: str) -> frozenset[str]:
    """The names that a cell binds or reads, at any depth; all words if it is no plain Python."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return frozenset(_IDENTIFIER.findall(text))
    read = {node.id for node in nodes if isinstance(node, ast.Name)}
    declared = {name for n in nodes if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names}
    return frozenset(read | declared | {name for node in nodes for name in _bound_by(node)})


class NamesSoFar:
    """The names in all cells so far of a notebook that runs."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def add(self, text: str) -> None:
        self._names |= used_names(text)

    def has_no_use_of(self, text: str) -> bool:
        """Whether a cell only defines names that no cell so far has in it, nor could reach."""
        names = defined_names(text)
        if names is None or self._names & _REACHING_ANY_NAME:
            return False
        return not names & self._names and not names & set(vars(builtins))


def _only_defines(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _is_plain_function(statement, set())
        case ast.ClassDef(bases=[], keywords=[], decorator_list=[]):
            return all(_is_class_part(part) for part in statement.body)
        case ast.Import():
            return all(_is_quiet(alias.name) for alias in statement.names)
        case ast.ImportFrom(module=str(module), level=0):
            return _is_quiet(module) and all(alias.name != "*" for alias in statement.names)
        case ast.Assign():
            names = [target for target in statement.targets if isinstance(target, ast.Name)]
            return len(names) == len(statement.targets) and _is_constant(statement.value)
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
    return False


def _is_plain_function(
    function: ast.FunctionDef | ast.AsyncFunctionDef, decorators: set[str]
) -> bool:
    """Whether defining the function runs nothing but the building of its constants."""
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    annotations = [function.returns, *(parameter.annotation for parameter in parameters)]
    return (
        all(isinstance(d, ast.Name) and d.id in decorators for d in function.decorator_list)
        and all(_is_constant(default) for default in (*arguments.defaults, *arguments.kw_defaults))
        and all(_is_annotation(annotation) for annotation in annotations)
    )


def _is_class_part(part: ast.stmt) -> bool:
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
        return _is_plain_function(part, _METHOD_KINDS)
    if isinstance(part, ast.AnnAssign):
        return _is_annotation(part.annotation) and _is_constant(part.value)
    return isinstance(part, ast.Assign | ast.Expr | ast.Pass) and _only_defines(part)


def _is_constant(value: ast.expr | None) -> bool:
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return all(_is_constant(part) for part in value.elts)
    if isinstance(value, ast.Dict):
        return all(_is_constant(part) for part in (*value.keys, *value.values))
    return value is None or isinstance(value, ast.Constant)


def _is_annotation(annotation: ast.expr | None) -> bool:
    return annotation is None or all(isinstance(n, _ANNOTATION) for n in ast.walk(annotation))


def _is_quiet(module: str) -> bool:
    """Whether importing the module changes nothing else."""
    return module.partition(".")[0] in _QUIET_MODULES


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
