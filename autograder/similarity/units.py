"""The statements of a cell as sequences of signs, in which no name that the cell chose stands.

A unit is a simple statement, or the head of a loop, a branch or a function: a list of signs in
prefix order. A name that the cell binds is numbered by its first place in the unit, so that a unit
is the same under any names and wherever it stands. The operands of + and * and the sides of == come
in one order. A comprehension gives the units of the loop that it stands for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from autograder.similarity.plain_code import plain_tree

COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
FILLED = {"append", "add"}  # the methods with which loops fill lists and sets
_TEXT = "text"


@dataclass(frozen=True)
class Name:
    """A name that the cell binds."""

    text: str


Sign = str | Name


@dataclass
class Unit:
    """A statement: its signs, its first and last line, the names that it binds and reads.

    scope: the line of the function that it stands in, 0 for none.
    """

    signs: list[Sign]
    first: int
    last: int
    scope: int = 0
    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The signs as words, each name as its number in the unit."""
        numbers: dict[str, int] = {}
        return tuple(
            f"name {numbers.setdefault(sign.text, len(numbers))}"
            if isinstance(sign, Name)
            else sign
            for sign in self.signs
        )


def read_units(text: str, asked_names: frozenset[str] = frozenset()) -> list[Unit]:
    """The units of a cell in the order of its lines; asked_names and errors as of `plain_tree`."""
    tree = plain_tree(text, asked_names)
    names, attributes = set(_chosen_names(tree)), set(_chosen_attributes(tree))
    return _Reader(frozenset(names), frozenset(attributes)).block(tree.body)


def _chosen_names(tree: ast.Module) -> Iterator[str]:
    """The names that a cell binds: its variables, functions, classes and arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                yield name


def _chosen_attributes(tree: ast.Module) -> Iterator[str]:
    """The attributes that a cell sets, and the methods of its classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.ClassDef(body=body):
                yield from (part.name for part in body if isinstance(part, ast.FunctionDef))


class _Reader:
    """Reads statements into units. names, attributes: those that the cell chose."""

    def __init__(self, names: frozenset[str], attributes: frozenset[str]) -> None:
        self.names, self.attributes = names, attributes

    def block(self, statements: Iterable[ast.stmt]) -> list[Unit]:
        return [unit for statement in statements for unit in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> Iterator[Unit]:
        loops: list[Unit] = []
        signs = self._head(node, loops)
        if signs is not None:
            unit = _unit(signs, node, *_heads(node))
            yield unit
            yield from loops
        for name in ("body", "orelse", "finalbody"):
            for inner in self.block(getattr(node, name, ())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not inner.scope:
                    inner.scope = node.lineno
                yield inner
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from self._part(part)

    def _part(self, part: ast.excepthandler | ast.match_case) -> Iterator[Unit]:
        """An `except`, or a `case`, which has no lines of its own."""
        if isinstance(part, ast.match_case):
            yield from self.block(part.body)
        elif isinstance(part, ast.ExceptHandler):
            caught = self._signs([part.type], []) if part.type else []
            yield Unit(["except", *caught], part.lineno, part.lineno)
            yield from self.block(part.body)

    def _head(self, node: ast.stmt, loops: list[Unit]) -> list[Sign] | None:
        """The signs of a statement without its block; `loops` takes those of comprehensions."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                parts = [*node.decorator_list, *node.args.defaults]
                return [f"def {len(node.args.args)}", *self._signs(parts, loops)]
            case ast.ClassDef():
                return ["class", *self._signs([*node.decorator_list, *node.bases], loops)]
            case ast.For() | ast.AsyncFor():
                return ["for", *self._signs([node.target, node.iter], loops)]
            case ast.While(test=test) | ast.If(test=test):
                return [type(node).__name__, *self._signs([test], loops)]
            case ast.With() | ast.AsyncWith():
                return ["with", *self._signs([i.context_expr for i in node.items], loops)]
            case ast.Try():
                return None
            case ast.Match(subject=subject):
                return ["match", *self._signs([subject], loops)]
            case ast.AugAssign(target=target, op=operator, value=value):
                return [f"{_word(operator)}=", *self._signs([target, value], loops)]
            case ast.Assign([ast.Subscript(slice=place)], value):
                return ["item=", *self._signs([place, value], loops)]
            case ast.Expr(ast.Call(ast.Attribute(attr=method), [value])) if method in FILLED:
                return [method, *self._signs([value], loops)]
            case ast.Raise(exc=ast.Call(func=kind)) | ast.Raise(exc=ast.expr() as kind):
                return ["raise", *self._signs([kind], loops)]
        parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        return [type(node).__name__, *self._signs(parts, loops)]

    def _signs(self, parts: Iterable[ast.expr], loops: list[Unit]) -> list[Sign]:
        return [sign for part in parts for sign in self._expression(part, loops)]

    def _expression(self, node: ast.expr, loops: list[Unit]) -> list[Sign]:
        """The signs of an expression in prefix order; each says how many parts follow it."""
        match node:
            case ast.Name(id=name):
                return [Name(name) if name in self.names else name]
            case ast.Attribute(value=value, attr=name):
                sign: Sign = Name(f".{name}") if name in self.attributes else f".{name}"
                return ["attribute", sign, *self._expression(value, loops)]
            case ast.Constant(value=value):
                return [_TEXT if isinstance(value, str | bytes) else f"{value!r:.40}"]
            case ast.JoinedStr():
                return [_TEXT]
            case ast.BinOp(left=left, op=operator, right=right):
                sides = self._sides(left, right, isinstance(operator, COMMUTATIVE), loops)
                return [_word(operator), *sides]
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                either = isinstance(operator, ast.Eq | ast.NotEq)
                return [_word(operator), *self._sides(left, right, either, loops)]
            case ast.BoolOp(op=operator, values=values):
                parts = sorted((self._expression(v, loops) for v in values), key=_shape)
                return [f"{_word(operator)} {len(values)}", *(s for part in parts for s in part)]
            case ast.Call(ast.Name(id="sum"), [ast.GeneratorExp() | ast.ListComp() as inside], []):
                self._loop(inside, "Add=", [inside.elt], loops)
                return ["total"]
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return self._loop(node, "append", [element], loops)
            case ast.SetComp(elt=element):
                return self._loop(node, "add", [element], loops)
            case ast.DictComp(key=key, value=value):
                return self._loop(node, "item=", [key, value], loops)
            case ast.List(elts=[]):
                return ["made list"]
            case ast.Call(func=function, args=values, keywords=keywords):
                named: list[Sign] = []
                for keyword in sorted(keywords, key=lambda k: k.arg or ""):
                    named += [f"{keyword.arg}=", *self._expression(keyword.value, loops)]
                head: list[Sign] = [f"call {len(values)} {len(keywords)}"]
                return [*head, *self._signs([function, *values], loops), *named]
        inner = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        return [f"{_kind(node)} {len(inner)}", *self._signs(inner, loops)]

    def _sides(
        self, left: ast.expr, right: ast.expr, either_order: bool, loops: list[Unit]
    ) -> list[Sign]:
        sides = [self._expression(left, loops), self._expression(right, loops)]
        if either_order and [_TEXT] not in sides:
            sides.sort(key=_shape)
        return [*sides[0], *sides[1]]

    def _loop(
        self, node: ast.expr, filling: str, parts: list[ast.expr], loops: list[Unit]
    ) -> list[Sign]:
        """The units of the loop that a comprehension is, and the sign that stands in its place."""
        for generator in node.generators:  # type: ignore[attr-defined]
            head: list[Sign] = ["for", *self._signs([generator.target, generator.iter], loops)]
            loops.append(_unit(head, node, generator.target, generator.iter))
            for condition in generator.ifs:
                loops.append(_unit(["If", *self._signs([condition], loops)], node, condition))
        loops.append(_unit([filling, *self._signs(parts, loops)], node, *parts))
        return ["made list"]


def _heads(node: ast.stmt) -> list[ast.AST]:
    """The parts of a statement whose names its unit binds and reads: all but its block."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    return [part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.stmt)]


def _unit(signs: list[Sign], node: ast.AST, *parts: ast.AST) -> Unit:
    first = getattr(node, "lineno", 1)
    block = getattr(node, "body", None)
    last = getattr(node, "end_lineno", None) or first
    if isinstance(block, list) and block:
        last = max(first, min(last, getattr(block[0], "lineno", first) - 1))
    elif isinstance(block, list):
        last = first
    unit = Unit(signs, first, last, binds=set(_filled(node)))
    for inner in (inner for part in parts for inner in ast.walk(part)):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                unit.binds.add(name)
            case ast.Name(id=name):
                unit.reads.add(name)
    if isinstance(node, ast.AugAssign):
        unit.reads |= unit.binds
    return unit


def _filled(node: ast.AST) -> Iterator[str]:
    """The name of a value that a statement changes in place: xs.append(1), d[k] = 1."""
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(id=name), attr=method))) if method in FILLED:
            yield name
        case ast.Assign([ast.Subscript(ast.Name(id=name))]):
            yield name


def _kind(node: ast.expr) -> str:
    """What an expression is, with its operators, and the ends that a slice has."""
    if isinstance(node, ast.Slice):
        ends = (node.lower, node.upper, node.step)
        return "Slice" + "".join(" -"[end is None] + "end" for end in ends)
    operators = (ast.unaryop, ast.cmpop, ast.operator)
    words = [_word(part) for part in ast.iter_child_nodes(node) if isinstance(part, operators)]
    return " ".join([type(node).__name__, *words])


def _shape(signs: list[Sign]) -> tuple[str, ...]:
    """Signs without the names that the cell chose, by which operands are put in order."""
    return tuple("name" if isinstance(sign, Name) else sign for sign in signs)


def _word(operator: ast.AST) -> str:
    return type(operator).__name__
