"""The roles in a text, by what a translation of the text has to keep of them.

Of {num} that is the expression without its factors of ten and its format: {num}`x / 1e6 | .1f`
million may be {num}`x / 1e4 | ,.0f` of ten thousand. Of {term} it is the English word.
"""

from __future__ import annotations

import ast
import re
from math import log10

PLAIN_FORM = re.compile(r",?d?|,?\.\d[fg]|,?g")
"""The formats of a number: 1,234 and 1,234.5 and 1.2e+03. Between them a translation may choose."""
ROLE = re.compile(r"\{([\w:-]+)\}`([^`]*)`")


def kept_roles(text: str) -> list[str]:
    """Each role with what has to stay of it: kept_roles("{num}`x / 1e6`") == ["{num}`x`"]."""
    return [f"{{{name}}}`{_target(name, inside)}`" for name, inside in ROLE.findall(text)]


def new_expressions(text: str, translation: str) -> list[str]:
    """What a translation computes and its original does not. A page evaluates every {num}, so this
    must be nobody's who only translates."""
    original_roles = set(kept_roles(text))
    return [
        role for role in kept_roles(translation) if role not in original_roles and "{num}" in role
    ]


def _target(name: str, inside: str) -> str:
    titled = re.search(r"<([^>]+)>$", inside)
    if name == "term":
        return (titled[1] if titled else inside).strip().lower()
    return _scaled(inside) if name == "num" else inside


def _scaled(role: str) -> str:
    """The expression without its factors of ten; a format that is not of the usual kind
    stays with it."""
    expression, _, form = role.rpartition(" | ")
    if not expression:
        expression, form = form, ""
    kind = "" if PLAIN_FORM.fullmatch(form.strip()) else f" | {_kind(form.strip())}"
    try:
        return ast.unparse(_core(ast.parse(expression.strip(), mode="eval").body)) + kind
    except (SyntaxError, ValueError):
        return expression + kind


def _kind(form: str) -> str:
    return re.sub(r"^,?\.\d(?=%$)", "", form)


def _core(tree: ast.expr) -> ast.expr:
    """What a whole expression multiplies or divides by a power of ten: x of x / 1e6 and 10 * x."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult | ast.Div):
        if _is_power_of_ten(tree.right):
            return _core(tree.left)
        if isinstance(tree.op, ast.Mult) and _is_power_of_ten(tree.left):
            return _core(tree.right)
    return tree


def _is_power_of_ten(tree: ast.expr) -> bool:
    if not isinstance(tree, ast.Constant) or type(tree.value) not in (int, float):
        return False
    value = float(str(tree.value))
    return 1e-30 < value < 1e30 and value == float(f"1e{round(log10(value))}")
