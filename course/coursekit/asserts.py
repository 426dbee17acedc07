"""Rewrites the asserts of a test cell so that their two sides can be seen.

`assert f(a) == b, "why"` becomes `probe(0, (f(a), b), lambda x, y: x == y, lambda: "why")`: both
sides are evaluated once and in place, so what is shown later is what was really compared.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from types import CodeType

PROBE = "_coursekit_probe"
TWO_VALUES = ("allclose", "array_equal", "array_equiv", "isclose", "isinstance", "hasattr")
NUMPY_ASSERTS = (
    "assert_allclose",
    "assert_equal",
    "assert_array_equal",
    "assert_almost_equal",
    "assert_array_almost_equal",
)


@dataclass(frozen=True)
class Site:
    """One check in the test. how: a comparison operator, the name of a function, 'not' or 'true'.

    swapped: the right side is what was tried (`assert 3 == f(x)`).
    """

    line: int
    expression: str
    how: str
    names: tuple[str, ...] = ()
    swapped: bool = False


@dataclass(frozen=True)
class Step:
    """One top-level statement; `checks` is true where it only checks and leaves nothing behind."""

    code: CodeType
    checks: bool
    text: str


@dataclass(frozen=True)
class Rewritten:
    """The steps in order, the sites by the probe's number, and where AssertionError is raised.

    raises: (step, line) of each.
    """

    steps: tuple[Step, ...]
    sites: tuple[Site, ...]
    raises: tuple[tuple[int, int], ...]


def rewrite(text: str, filename: str) -> Rewritten:
    """The steps of a test cell and its sites. Raises SyntaxError where `text` is not Python."""
    rewriter = _Rewriter(text)
    steps = []
    for number, statement in enumerate(ast.parse(text, filename).body):
        rewriter.step = number
        checks = isinstance(statement, ast.Assert) or _numpy_assert(statement)
        line = _line(text, statement)
        new = rewriter.visit(statement)
        module = ast.Module(new if isinstance(new, list) else [new], [])
        code = compile(ast.fix_missing_locations(module), filename, "exec", dont_inherit=True)
        steps.append(Step(code, checks, line))
    return Rewritten(tuple(steps), tuple(rewriter.sites), tuple(rewriter.raises))


class _Rewriter(ast.NodeTransformer):
    def __init__(self, text: str) -> None:
        self.text = text
        self.step = 0
        self.sites: list[Site] = []
        self.raises: list[tuple[int, int]] = []

    def visit_Assert(self, node: ast.Assert) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
            parts = [ast.copy_location(ast.Assert(t, node.msg), node) for t in node.test.values]
            return [ast.copy_location(self._probe(p.test, p.msg, node), node) for p in parts]
        return ast.copy_location(self._probe(node.test, node.msg, node), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if not _numpy_assert(node):
            return self.generic_visit(node)
        assert isinstance(node.value, ast.Call)
        given_message = next((k.value for k in node.value.keywords if k.arg == "err_msg"), None)
        return ast.copy_location(self._probe(node.value, given_message, node), node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if isinstance(raised, ast.Name) and raised.id == "AssertionError":
            self.raises.append((self.step, node.lineno))
        return node

    def _probe(self, test: ast.expr, message: ast.expr | None, node: ast.stmt) -> ast.Expr:
        operands, verdict, how = _hoist(test)
        self.sites.append(self._site(operands, how, test, node.lineno))
        arguments: list[ast.expr] = [
            ast.Constant(len(self.sites) - 1),
            ast.Tuple(operands, ast.Load()),
            _lambda(verdict, len(operands)),
            _lambda(message or ast.Constant(None), 0),
        ]
        return ast.Expr(ast.Call(ast.Name(PROBE, ast.Load()), arguments, []))

    def _site(self, operands: list[ast.expr], how: str, test: ast.expr, line: int) -> Site:
        swapped = how == "==" and _literal(operands[0]) and not _literal(operands[1])
        expression = operands[1] if swapped else operands[0]
        loads = [n.id for n in ast.walk(expression) if isinstance(n, ast.Name)]
        names = () if isinstance(expression, ast.Name) else tuple(dict.fromkeys(loads))
        return Site(
            line, _line(self.text, test if how == "true" else expression), how, names, swapped
        )


def _hoist(test: ast.expr) -> tuple[list[ast.expr], ast.expr, str]:
    """The operands of a test, the test with the operands as arguments x0, x1, and how it tests."""
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return [left, right], ast.Compare(_x(0), [op], [_x(1)]), _sign(op)
        case ast.Call(args=[first, second, *rest]) if _two_values(test):
            call = ast.Call(test.func, [_x(0), _x(1), *rest], test.keywords)
            return [first, second], call, _called(test)
        case ast.Call(func=ast.Attribute(value=ast.Compare() as inner, attr="all"), args=[]):
            operands, verdict, how = _hoist(inner)
            return operands, ast.Call(ast.Attribute(verdict, "all", ast.Load()), [], []), how
        case ast.Call(args=[ast.Compare() as inner], keywords=[]) if _called(test) == "all":
            operands, verdict, how = _hoist(inner)
            return operands, ast.Call(test.func, [verdict], []), how
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return [inner], ast.UnaryOp(ast.Not(), _x(0)), "not"
    return [test], _x(0), "true"


def _two_values(call: ast.Call) -> bool:
    is_comparison = _called(call) in (*TWO_VALUES, *NUMPY_ASSERTS)
    return is_comparison and not any(isinstance(argument, ast.Starred) for argument in call.args)


def _numpy_assert(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or _called(call) not in NUMPY_ASSERTS:
        return False
    return len(call.args) >= 2 and _two_values(call)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _x(number: int) -> ast.Name:
    return ast.Name(f"_x{number}", ast.Load())


def _lambda(body: ast.expr, count: int) -> ast.Lambda:
    names = [ast.arg(f"_x{i}") for i in range(count)]
    return ast.Lambda(ast.arguments([], names, None, [], [], None, []), body)


def _sign(op: ast.cmpop) -> str:
    return ast.unparse(ast.Compare(ast.Name("x"), [op], [ast.Name("y")]))[2:-2]


def _literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return True


def _line(text: str, node: ast.AST) -> str:
    """The node as its author wrote it, on one line."""
    return re.sub(r"\s*\n\s*", " ", ast.get_source_segment(text, node) or ast.unparse(node))
