"""One form for the ways in which the same code can be written, for comparison only: it is not run.

Comments, formatting, docstrings, annotations, prints, `pass`, imports and functions that nothing
calls are gone. A constant with a name stands where the name was used, a value that is never read is
not computed, a counting `while` is a `for`, `a > b` is `b < a`, `if not a: x else: y` is
`if a: y else: x`.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from autograder.similarity.uncalled import without_uncalled

_NEGATED = {ast.Eq: ast.NotEq, ast.In: ast.NotIn, ast.Is: ast.IsNot, ast.Lt: ast.GtE}
_OPPOSITE = {
    **_NEGATED,
    **{b: a for a, b in _NEGATED.items()},
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}
_SWAPPED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_SILENT = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
MAX_DEPTH_SUM = 1_000_000  # the largest cell of this course has 10,000


def parsed(text: str) -> ast.Module:
    """The syntax tree of a cell as it stands; errors as those of `plain_tree`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a student's escapes
        return ast.parse(text)


def plain_tree(text: str, asked_names: frozenset[str] = frozenset()) -> ast.Module:
    """The syntax tree of a cell in its one form; positions are those of `text`.

    asked_names: those that the notebook uses, to know which functions nothing calls. SyntaxError,
    ValueError, RecursionError or MemoryError where the text is no Python.
    """
    tree = parsed(text)
    if _depth_sum(tree) > MAX_DEPTH_SUM:
        raise ValueError("the code is nested too deeply")
    tree = without_uncalled(tree, asked_names)
    tree = _ConstantInliner(_constants(tree)).visit(tree)
    tree = _Rewriter(_module_aliases(tree)).visit(tree)
    for function, reads in list(_reads(tree, Counter())):
        _remove_unread(function, reads)
    return tree


def _depth_sum(tree: ast.Module) -> int:
    """The depths of all nodes together, as far as MAX_DEPTH_SUM: the steps of whoever looks, for
    each node of a tree, at all that is in it."""
    total, depth = 0, 0
    level: list[ast.AST] = [tree]
    while level and total <= MAX_DEPTH_SUM:
        total += depth * len(level)
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
        depth += 1
    return total


def _module_aliases(tree: ast.Module) -> dict[str, str]:
    """What the cell's imports call otherwise: {'np': 'numpy', 'sq': 'sqrt'}."""
    imports = (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom))
    names = (alias for node in imports for alias in node.names)
    return {alias.asname: alias.name for alias in names if alias.asname}


class _Rewriter(ast.NodeTransformer):
    """The rewriting of single nodes, innermost first."""

    def __init__(self, aliases: dict[str, str]) -> None:
        self.aliases = aliases

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, list(_statements(statements)))
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.aliases.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, float) and node.value.is_integer():
            node.value = int(node.value)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(ast.USub(), ast.Constant(value=int() | float() as number)):
                return ast.copy_location(ast.Constant(-number), node)
            case ast.UnaryOp(ast.UAdd()):
                return node.operand
            case ast.UnaryOp(ast.Not(), ast.Compare(ops=[operator])) if type(operator) in _OPPOSITE:
                node.operand.ops = [_OPPOSITE[type(operator)]()]  # type: ignore[attr-defined]
                return self._in_order(node.operand)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        return self._in_order(node)

    def _in_order(self, node: Any) -> ast.AST:
        """A single comparison with its smaller side first."""
        if len(node.ops) == 1 and type(node.ops[0]) in _SWAPPED:
            node.left, node.comparators = node.comparators[0], [node.left]
            node.ops = [_SWAPPED[type(node.ops[0])]()]
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        return _without_not(node) if node.orelse else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return _without_not(node)


def _without_not(node: Any) -> ast.AST:
    """Two branches with the plain condition first."""
    if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
        node.test, node.body, node.orelse = node.test.operand, node.orelse, node.body
    return node


def _statements(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block in their one form."""
    for statement in statements:
        yield from _one_form(statement)


def _one_form(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.Expr(ast.Constant()) | ast.Expr(ast.Call(func=ast.Name(id="print"))):
            return
        case ast.If(test=ast.Constant(value=condition)):
            yield from node.body if condition else node.orelse
        case ast.AnnAssign(value=None):
            return
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _one_form(ast.copy_location(ast.Assign([target], value), node))
        case ast.Assign([ast.Tuple(elts=targets)], ast.Tuple(elts=values)) if len(targets) == len(
            values
        ) and not _names(targets) & _names(values):
            for place, part in zip(targets, values, strict=True):
                yield from _one_form(ast.copy_location(ast.Assign([place], part), node))
        case ast.Assign([ast.Name() as name], ast.Lambda() as function):
            body: list[ast.stmt] = [ast.copy_location(ast.Return(function.body), node)]
            definition = ast.FunctionDef(
                name=name.id, args=function.args, body=body, decorator_list=[]
            )
            yield ast.copy_location(definition, node)
        case ast.Assign([ast.Name(id=name)], ast.BinOp()):
            yield _augmented(node, name)
        case ast.While() | ast.For():
            yield _over_items(_counted(node))
        case _ if not isinstance(node, _SILENT):
            yield node


def _augmented(node: ast.Assign, name: str) -> ast.stmt:
    """`x = x + y` as `x += y`."""
    match node:
        case ast.Assign([ast.Name() as target], ast.BinOp(ast.Name(id=left), operator, other)) if (
            left == name
        ):
            return ast.copy_location(ast.AugAssign(target, operator, other), node)
        case ast.Assign(
            [ast.Name() as target],
            ast.BinOp(other, ast.Add() | ast.Mult() as operator, ast.Name(id=right)),
        ) if right == name:
            return ast.copy_location(ast.AugAssign(target, operator, other), node)
    return node


def _counted(node: ast.While | ast.For) -> ast.stmt:
    """`while i < n: ...; i += 1` as `for i in range(n): ...`; any other loop as it is."""
    match node:
        case ast.While(
            test=ast.Compare(left=ast.Name(id=counter), ops=[ast.Lt()], comparators=[end]),
            body=[*inside, ast.AugAssign(ast.Name(id=name), ast.Add(), ast.Constant(value=1))],
        ) if name == counter:
            numbers = ast.Call(ast.Name("range", ast.Load()), [end], [])
            target = ast.Name(counter, ast.Store())
            return ast.copy_location(ast.For(target, numbers, inside, node.orelse), node)
    return node


def _over_items(node: ast.stmt) -> ast.stmt:
    """`for i in range(len(xs)): x = xs[i]; ...` as `for x in xs: ...` where i has no other use."""
    match node:
        case ast.For(
            target=ast.Name(id=counter),
            iter=ast.Call(ast.Name(id="range"), [ast.Call(ast.Name(id="len"), [items])]),
            body=[
                ast.Assign([item], ast.Subscript(source, ast.Name(id=place))),
                *inside,
            ],
        ) if place == counter and counter not in _names(inside):
            if ast.dump(items) == ast.dump(source):
                return ast.copy_location(ast.For(item, items, inside, node.orelse), node)
    return node


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The names that are bound once in the cell, to a number or a text."""
    bound = Counter(_bound(tree))
    constants: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                [ast.Name(id=name)],
                ast.Constant() | ast.UnaryOp(ast.USub(), ast.Constant()) as value,
            ) if bound[name] == 1:
                constants[name] = value
    return constants


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


class _ConstantInliner(ast.NodeTransformer):
    """Constants stand where their names were used."""

    def __init__(self, constants: dict[str, ast.expr]) -> None:
        self.constants = constants

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id in self.constants:
            return deepcopy(self.constants[node.id])
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        match node.targets:
            case [ast.Name(id=name)] if name in self.constants:
                return None
        return self.generic_visit(node)


def _remove_unread(function: Function, reads: Counter[str]) -> None:
    """`function` without what it does to names that it never reads, nor to those that only such
    statements read. reads: how often it reads each name."""
    bound: dict[str, list[ast.stmt]] = {}
    for block in _own_blocks(function):
        for statement in block:
            match statement:
                case ast.Assign([ast.Name(id=name)]) | ast.AugAssign(ast.Name(id=name)):
                    bound.setdefault(name, []).append(statement)
    unread = [name for name in bound if not reads[name]]
    removed: set[ast.stmt] = set()
    while unread:
        statements = bound[unread.pop()]
        removed.update(statements)
        for name in (name for statement in statements for name in _read_names(statement)):
            reads[name] -= 1
            if not reads[name] and name in bound:
                unread.append(name)
    if removed:
        for block in _own_blocks(function):
            block[:] = [statement for statement in block if statement not in removed]


def _own_blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of statements in `node`, not those of the functions in it."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield block
            for statement in block:
                if not isinstance(statement, _FUNCTION):
                    yield from _own_blocks(statement)


def _read_names(node: ast.AST) -> Iterator[str]:
    """The names that some code reads, each as often as it does."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id


def _reads(node: ast.AST, reads: Counter[str]) -> Iterator[tuple[Function, Counter[str]]]:
    """Each function in `node` with how often it reads each name; `reads` takes those of `node`."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, _FUNCTION):
            inner_reads: Counter[str] = Counter()
            yield from _reads(inner, inner_reads)
            yield inner, inner_reads
            reads.update(inner_reads)
        elif isinstance(inner, ast.Name):
            reads[inner.id] += isinstance(inner.ctx, ast.Load)
        else:
            yield from _reads(inner, reads)
