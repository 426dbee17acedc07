"""The operations that one process may ask of an object in the other: their names and functions.

The tester's proxies never ask for those of COMPARISONS, for a hash or for `in`: they decide on
their own side.
"""

from __future__ import annotations

import copy
import inspect
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "@": operator.matmul,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "//=": operator.ifloordiv,
    "@=": operator.imatmul,
    "**=": operator.ipow,
    "&=": operator.iand,
    "|=": operator.ior,
}


def _reflected(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: function(y, x)


REFLECTED = {f"r{sign}": _reflected(function) for sign, function in OPERATORS.items()}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
COPYING = ("copy", "deep copy")
UNARY: dict[str, Callable[[Any], Any]] = {
    "-x": operator.neg,
    "+x": operator.pos,
    "~x": operator.invert,
    "abs": abs,
}


def _parameters(target: Any) -> list[tuple[str, int, bool]]:
    """(name, kind, has a default) of each parameter of a callable."""
    parameters = inspect.signature(target).parameters.values()
    return [(p.name, int(p.kind), p.default is not p.empty) for p in parameters]


def _exit(target: Any, kind: type | None = None, text: str = "") -> bool:
    """The end of a with block: true where the object takes the error upon itself. The words of an
    error of the test stay in the tester."""
    error = None if kind is None else kind(text)
    return bool(type(target).__exit__(target, kind, error, None))


OPERATIONS: dict[str, Callable[..., Any]] = {
    **OPERATORS,
    **REFLECTED,
    **IN_PLACE,
    **COMPARISONS,
    **UNARY,
    "call": lambda target, /, *arguments, **keywords: target(*arguments, **keywords),
    "attr": getattr,
    "set attr": setattr,
    "del attr": delattr,
    "len": len,
    "item": operator.getitem,
    "set item": operator.setitem,
    "del item": operator.delitem,
    "iter": iter,
    "next": next,
    "float": float,
    "int": int,
    "complex": complex,
    "index": operator.index,
    "bool": bool,
    "divmod": divmod,
    "contains": operator.contains,
    "hash": hash,
    "str": str,
    "repr": repr,
    "format": format,
    "round": round,
    "array": np.asarray,
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "enter": lambda target: type(target).__enter__(target),
    "exit": _exit,
    "has instance": lambda target, value: isinstance(value, target),
    "has subclass": lambda target, value: issubclass(value, target),
    "parameters": _parameters,
}
