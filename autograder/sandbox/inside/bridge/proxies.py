"""A proxy stands for an object that lives in the other process.

It passes operations on to that object, but not those that decide a test. In the tester two proxies
are equal where they stand for the same object, and a proxy equals nothing else: comparing and
hashing never reach the submission. An operator would send its second operand there, and in a test
that is often the answer. So an operator, and `in`, is passed on only on the paths where the
reference solution had a proxy too. The submission's proxies compare as their class does. A proxy
has a length, items or a call only where its object has.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

MAX_PATH = 160
_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)
ASKABLE_DUNDERS = frozenset(
    {
        "__name__",
        "__qualname__",
        "__doc__",
        "__annotations__",
        "__isabstractmethod__",
        "__defaults__",
    }
)


class Conversation(Protocol):
    """The methods of a connection that its proxies use."""

    def ask(
        self,
        operation: str,
        reference: Reference,
        arguments: tuple = (),
        keywords: dict | None = None,
        path: str = "",
    ) -> Any:
        """The answer of the object."""

    def operate(self, operation: str, reference: Reference, arguments: tuple, path: str) -> Any:
        """The answer of the object to an operator, where that is allowed."""

    def compares(self, reference: Reference, method: str = "") -> bool:
        """Whether the object is asked to compare or hash itself, by a method of its class."""

    def asks_for_membership(self, reference: Reference) -> bool:
        """Whether the object is asked what it contains."""

    def is_needed(self, use: str) -> bool:
        """Whether the reference solution needed this use of an object, too."""

    def text(self, operation: str, reference: Reference, arguments: tuple = ()) -> str:
        """The object as text."""

    def end_test(self, sentence: str) -> BaseException:
        """The error that ends the test as failed, whatever its code does with it."""

    def drop(self, number: int) -> None:
        """One proxy of that number died."""


@dataclass(frozen=True)
class Reference:
    """The object of a proxy. number: under which its side has registered it. path: the
    expression by which the code got it. nearest_class: the nearest of the object's classes that
    both sides have. methods: those of METHODS that the object has."""

    connection: Conversation
    number: int
    type_name: str
    path: str
    nearest_class: type | None = None
    methods: frozenset[str] = frozenset()


def extend_path(path: str, suffix: str) -> str:
    """The path one step further; a long one keeps its end."""
    longer = path + suffix
    return longer if len(longer) <= MAX_PATH else "..." + longer[3 - MAX_PATH :]


def reference_of(proxy: Proxy) -> Reference:
    reference: Reference = object.__getattribute__(proxy, "_ref_")
    return reference


def path_of(value: Any) -> str:
    """The path of a proxy, and a dot for any plain value."""
    return reference_of(value).path if isinstance(value, Proxy) else "."


def _forward(sign: str) -> Callable[[Proxy, Any], Any]:
    def operate(self: Proxy, operand: Any) -> Any:
        reference = reference_of(self)
        path = extend_path(reference.path, sign + path_of(operand))
        return reference.connection.operate(sign, reference, (operand,), path)

    return operate


def _reflect(sign: str) -> Callable[[Proxy, Any], Any]:
    def operate(self: Proxy, operand: Any) -> Any:
        reference = reference_of(self)
        path = extend_path(path_of(operand), sign + reference.path)
        return reference.connection.operate(f"r{sign}", reference, (operand,), path)

    return operate


def _forward_unary(sign: str) -> Callable[[Proxy], Any]:
    def operate(self: Proxy) -> Any:
        reference = reference_of(self)
        path = extend_path(sign, f"({reference.path})")
        return reference.connection.operate(sign, reference, (), path)

    return operate


def _ask_for(operation: str, suffix: str = "") -> Callable[..., Any]:
    def ask(self: Proxy, *arguments: Any) -> Any:
        reference = reference_of(self)
        path = extend_path(reference.path, suffix)
        return reference.connection.ask(operation, reference, arguments, path=path)

    return ask


def _order(sign: str) -> Callable[[Proxy, Any], Any]:
    def compare(self: Proxy, operand: Any) -> Any:
        reference = reference_of(self)
        if reference.connection.compares(reference):
            return reference.connection.ask(sign, reference, (operand,))
        raise TypeError(
            f"'{sign}' needs a plain value, but {reference_of(self).path} gave an object of type "
            f"{reference_of(self).type_name}"
        )

    return compare


def _ask_doc(proxy: Proxy) -> Any:
    reference = reference_of(proxy)
    return reference.connection.ask("attr", reference, ("__doc__",))


class Proxy:
    __slots__ = ("__weakref__", "_ref_")
    __array_ufunc__ = None  # subtle: lets `array + proxy` reach __radd__

    def __init__(self, reference: Reference):
        object.__setattr__(self, "_ref_", reference)

    def __del__(self) -> None:
        reference_of(self).connection.drop(reference_of(self).number)

    def __eq__(self, other: object) -> bool:
        first = reference_of(self)
        if first.connection.compares(first, "__eq__"):
            return first.connection.ask("==", first, (other,))
        if not isinstance(other, Proxy):
            return False
        second = reference_of(other)
        return first.connection is second.connection and first.number == second.number

    def __ne__(self, other: object) -> bool:
        reference = reference_of(self)
        if reference.connection.compares(reference, "__eq__"):
            return reference.connection.ask("!=", reference, (other,))
        return not self == other

    def __hash__(self) -> int:
        reference = reference_of(self)
        if reference.connection.compares(reference, "__eq__"):
            return int(reference.connection.ask("hash", reference))
        return hash(reference.number)

    __lt__, __le__, __gt__, __ge__ = _order("<"), _order("<="), _order(">"), _order(">=")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in ASKABLE_DUNDERS:
            type_name = reference_of(self).type_name
            raise AttributeError(f"'{type_name}' object has no attribute '{name}'")
        reference = reference_of(self)
        path = extend_path(reference.path, f".{name}")
        return reference.connection.ask("attr", reference, (name,), path=path)

    def __mro_entries__(self, bases: Any) -> Any:
        raise TypeError(f"a test cannot derive from {reference_of(self).path}: it lives elsewhere")

    __class__ = property(lambda self: reference_of(self).nearest_class or type(self))
    __setattr__ = _ask_for("set attr")
    __delattr__ = _ask_for("del attr")
    __doc__ = property(_ask_doc)

    __copy__, __bool__ = _ask_for("copy"), _ask_for("bool")

    __add__, __radd__, __iadd__ = _forward("+"), _reflect("+"), _forward("+=")
    __sub__, __rsub__, __isub__ = _forward("-"), _reflect("-"), _forward("-=")
    __mul__, __rmul__, __imul__ = _forward("*"), _reflect("*"), _forward("*=")
    __truediv__, __rtruediv__ = _forward("/"), _reflect("/")
    __itruediv__, __ifloordiv__ = _forward("/="), _forward("//=")
    __floordiv__, __rfloordiv__ = _forward("//"), _reflect("//")
    __divmod__ = _ask_for("divmod")
    __mod__, __rmod__ = _forward("%"), _reflect("%")
    __pow__, __rpow__, __ipow__ = _forward("**"), _reflect("**"), _forward("**=")
    __matmul__, __rmatmul__, __imatmul__ = _forward("@"), _reflect("@"), _forward("@=")
    __and__, __rand__, __iand__ = _forward("&"), _reflect("&"), _forward("&=")
    __or__, __ror__, __ior__ = _forward("|"), _reflect("|"), _forward("|=")
    __xor__, __rxor__ = _forward("^"), _reflect("^")
    __lshift__, __rlshift__ = _forward("<<"), _reflect("<<")
    __rshift__, __rrshift__ = _forward(">>"), _reflect(">>")
    __neg__, __pos__ = _forward_unary("-x"), _forward_unary("+x")
    __invert__, __abs__ = _forward_unary("~x"), _forward_unary("abs")

    def __deepcopy__(self, memo: dict) -> Any:
        return reference_of(self).connection.ask(
            "deep copy", reference_of(self), path=reference_of(self).path
        )

    def __instancecheck__(self, instance: Any) -> bool:
        reference = reference_of(self)
        if not isinstance(instance, Proxy):
            return False
        return reference.connection.ask("has instance", reference, (instance,)) is True

    def __subclasscheck__(self, subclass: Any) -> bool:
        reference = reference_of(self)
        if not isinstance(subclass, Proxy):
            return False
        return reference.connection.ask("has subclass", reference, (subclass,)) is True

    def __repr__(self) -> str:
        return reference_of(self).connection.text("repr", reference_of(self))

    def __str__(self) -> str:
        return reference_of(self).connection.text("str", reference_of(self))

    def __format__(self, specification: str) -> str:
        return reference_of(self).connection.text("format", reference_of(self), (specification,))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        reference = reference_of(self)
        array = reference.connection.ask("array", reference)
        if type(array) is not np.ndarray:
            raise TypeError(
                f"{reference.path} gave an object of type {reference.type_name}, which is no array"
            )
        return np.array(array, dtype=dtype, copy=copy)


def _exit(self: Proxy, kind: Any, error: BaseException | None, trace: Any) -> bool:
    """Whether the object takes the error of the block. Where the reference's does not, the
    answer must not hide an assert of the test, and hiding another error ends the test: what
    stands behind it in the block was not tried."""
    reference = reference_of(self)
    connection, path = reference.connection, reference.path
    takes_error = bool(connection.ask("exit", reference, () if error is None else (kind,)))
    if not takes_error or error is None or connection.is_needed(f"{path} takes an error"):
        return takes_error
    if isinstance(error, AssertionError):
        return False
    raise connection.end_test(
        f"{path} hides an error of its with block ({type(error).__name__}), which has to pass"
    )


def _contains(self: Proxy, item: Any) -> bool:
    reference = reference_of(self)
    if reference.connection.asks_for_membership(reference):
        return bool(reference.connection.ask("contains", reference, (item,)))
    return any(element is item or element == item for element in iter(self))


def _call(self: Proxy, *arguments: Any, **keywords: Any) -> Any:
    reference = reference_of(self)
    path = extend_path(reference.path, "()")
    return reference.connection.ask("call", reference, arguments, keywords, path=path)


def _signature(self: Proxy) -> inspect.Signature:
    rows = reference_of(self).connection.ask("parameters", reference_of(self))
    return inspect.Signature(
        [
            inspect.Parameter(
                name, _KINDS[kind], default=... if has_default else inspect.Parameter.empty
            )
            for name, kind, has_default in rows
        ]
    )


# The methods that a proxy has only where its object has them: code asks for them by hasattr,
# isinstance of an abstract class, callable.
METHODS: dict[str, Callable[..., Any]] = {
    "__call__": _call,
    "__contains__": _contains,
    "__len__": _ask_for("len"),
    "__getitem__": _ask_for("item", "[]"),
    "__setitem__": _ask_for("set item"),
    "__delitem__": _ask_for("del item"),
    "__iter__": _ask_for("iter"),
    "__next__": _ask_for("next", "[]"),
    "__enter__": _ask_for("enter", ".enter()"),
    "__exit__": _exit,
    "__float__": _ask_for("float"),
    "__int__": _ask_for("int"),
    "__index__": _ask_for("index"),
    "__complex__": _ask_for("complex"),
    "__round__": _ask_for("round", ".round()"),
    "__eq__": Proxy.__eq__,
    "__hash__": Proxy.__hash__,
}


def methods_of(value: Any) -> list[str]:
    """The names of METHODS that an object has; `__eq__` where its class says what it equals."""
    kind = type(value)
    method_names = {name for name in METHODS if _declared(kind, name) is not None}
    if kind.__eq__ is object.__eq__:
        method_names.discard("__eq__")
    if isinstance(value, type) and hasattr(value, "__class_getitem__"):
        method_names.add("__getitem__")
    return sorted(method_names)


def _declared(kind: type, name: str) -> Any:
    """What a class or one above it has under a name; its metaclass, which `getattr` asks, has no
    say in what an object can do."""
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)


@lru_cache(1024)
def proxy_class(methods: frozenset[str]) -> type[Proxy]:
    """The class of the proxies whose objects have these methods; other names mean nothing."""
    members: dict[str, Any] = {name: METHODS[name] for name in methods & METHODS.keys()}
    members["__hash__"] = members.get("__hash__")  # None: cannot be hashed
    if "__call__" in members:
        members["__signature__"] = property(_signature)
    members["__doc__"] = property(_ask_doc)
    return type("Proxy", (Proxy,), {"__slots__": (), **members})
