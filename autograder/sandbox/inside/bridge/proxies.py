"""A handle stands for an object that lives in the other process.

What it can be asked is passed on; what decides a test is not. Two handles are equal where they
stand for one object, and a handle equals nothing else: comparing, hashing and `in` never reach the
other side. An operator would hand the other side its second operand, which in a test is often the
answer, so it is passed on only on the paths where the reference solution had a handle too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

MOST_PATH = 160
_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)
PLAIN_DUNDERS = frozenset(
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
    """What a handle needs of the link it came over."""

    def ask(
        self, do: str, to: Ref, given: tuple = (), named: dict | None = None, path: str = ""
    ) -> Any:
        """What the object answers."""

    def operate(self, do: str, to: Ref, given: tuple, path: str) -> Any:
        """What the object answers to an operator, where that is allowed."""

    def text(self, do: str, to: Ref, given: tuple = ()) -> str:
        """The object as text."""

    def dropped(self, number: int) -> None:
        """One handle of that number died."""


@dataclass(frozen=True)
class Ref:
    """number: of the object, on its side. says: its type's name. path: how the code got it.
    like: the nearest class of the object's that both sides have."""

    link: Conversation
    number: int
    type_name: str
    path: str
    like: type | None = None


def step(path: str, more: str) -> str:
    """The path one step further; a long one keeps its end."""
    whole = path + more
    return whole if len(whole) <= MOST_PATH else "..." + whole[3 - MOST_PATH :]


def ref_of(handle: Handle) -> Ref:
    found: Ref = object.__getattribute__(handle, "_ref_")
    return found


def path_of(value: Any) -> str:
    """The path of a handle, and a dot for any plain value."""
    return ref_of(value).path if isinstance(value, Handle) else "."


def _forwarded(sign: str) -> Callable[[Handle, Any], Any]:
    def operate(self: Handle, other: Any) -> Any:
        ref = ref_of(self)
        return ref.link.operate(sign, ref, (other,), step(ref.path, sign + path_of(other)))

    return operate


def _reflected(sign: str) -> Callable[[Handle, Any], Any]:
    def operate(self: Handle, other: Any) -> Any:
        ref = ref_of(self)
        return ref.link.operate(f"r{sign}", ref, (other,), step(path_of(other), sign + ref.path))

    return operate


def _unary(sign: str) -> Callable[[Handle], Any]:
    def operate(self: Handle) -> Any:
        ref = ref_of(self)
        return ref.link.operate(sign, ref, (), step(sign, f"({ref.path})"))

    return operate


def _asked(do: str, more: str = "") -> Callable[..., Any]:
    def ask(self: Handle, *given: Any) -> Any:
        ref = ref_of(self)
        return ref.link.ask(do, ref, given, path=step(ref.path, more))

    return ask


def _never(sign: str) -> Callable[[Handle, Any], Any]:
    def refuse(self: Handle, other: Any) -> Any:
        raise TypeError(
            f"'{sign}' needs a plain value, but {ref_of(self).path} gave an object of type "
            f"{ref_of(self).type_name}"
        )

    return refuse


class Handle:
    __slots__ = ("__weakref__", "_ref_")
    __array_ufunc__ = None  # subtle: lets `array + handle` reach __radd__

    def __init__(self, ref: Ref):
        object.__setattr__(self, "_ref_", ref)

    def __del__(self) -> None:
        ref_of(self).link.dropped(ref_of(self).number)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Handle):
            return False
        one, two = ref_of(self), ref_of(other)
        return one.link is two.link and one.number == two.number

    def __hash__(self) -> int:
        return hash(ref_of(self).number)

    def __contains__(self, item: Any) -> bool:
        return any(one is item or one == item for one in self)

    __lt__, __le__, __gt__, __ge__ = _never("<"), _never("<="), _never(">"), _never(">=")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in PLAIN_DUNDERS:
            raise AttributeError(f"'{ref_of(self).type_name}' object has no attribute '{name}'")
        ref = ref_of(self)
        return ref.link.ask("attr", ref, (name,), path=step(ref.path, f".{name}"))

    def __mro_entries__(self, bases: Any) -> Any:
        raise TypeError(f"a test cannot derive from {ref_of(self).path}: it lives elsewhere")

    __class__ = property(lambda self: ref_of(self).like or type(self))
    __setattr__ = _asked("set attr")
    __delattr__ = _asked("del attr")
    __doc__ = property(lambda self: ref_of(self).link.ask("attr", ref_of(self), ("__doc__",)))

    __len__ = _asked("len")
    __getitem__ = _asked("item", "[]")
    __setitem__ = _asked("set item")
    __delitem__ = _asked("del item")
    __iter__ = _asked("iter")
    __next__ = _asked("next", "[]")
    __enter__ = _asked("enter", ".enter()")
    __copy__ = _asked("copy")
    __float__, __int__, __index__ = _asked("float"), _asked("int"), _asked("index")
    __complex__, __bool__, __round__ = (
        _asked("complex"),
        _asked("bool"),
        _asked("round", ".round()"),
    )

    __add__, __radd__, __iadd__ = _forwarded("+"), _reflected("+"), _forwarded("+=")
    __sub__, __rsub__, __isub__ = _forwarded("-"), _reflected("-"), _forwarded("-=")
    __mul__, __rmul__, __imul__ = _forwarded("*"), _reflected("*"), _forwarded("*=")
    __truediv__, __rtruediv__ = _forwarded("/"), _reflected("/")
    __itruediv__, __ifloordiv__ = _forwarded("/="), _forwarded("//=")
    __floordiv__, __rfloordiv__ = _forwarded("//"), _reflected("//")
    __mod__, __rmod__ = _forwarded("%"), _reflected("%")
    __pow__, __rpow__, __ipow__ = _forwarded("**"), _reflected("**"), _forwarded("**=")
    __matmul__, __rmatmul__, __imatmul__ = _forwarded("@"), _reflected("@"), _forwarded("@=")
    __and__, __rand__, __iand__ = _forwarded("&"), _reflected("&"), _forwarded("&=")
    __or__, __ror__, __ior__ = _forwarded("|"), _reflected("|"), _forwarded("|=")
    __xor__, __rxor__ = _forwarded("^"), _reflected("^")
    __lshift__, __rlshift__ = _forwarded("<<"), _reflected("<<")
    __rshift__, __rrshift__ = _forwarded(">>"), _reflected(">>")
    __neg__, __pos__, __invert__, __abs__ = _unary("-x"), _unary("+x"), _unary("~x"), _unary("abs")

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        ref = ref_of(self)
        return bool(ref.link.ask("exit", ref, () if error is None else (kind, str(error))))

    def __deepcopy__(self, memo: dict) -> Any:
        return ref_of(self).link.ask("deep copy", ref_of(self), path=ref_of(self).path)

    def __instancecheck__(self, other: Any) -> bool:
        ref = ref_of(self)
        return isinstance(other, Handle) and ref.link.ask("has instance", ref, (other,)) is True

    def __subclasscheck__(self, other: Any) -> bool:
        ref = ref_of(self)
        return isinstance(other, Handle) and ref.link.ask("has subclass", ref, (other,)) is True

    def __repr__(self) -> str:
        return ref_of(self).link.text("repr", ref_of(self))

    def __str__(self) -> str:
        return ref_of(self).link.text("str", ref_of(self))

    def __format__(self, how: str) -> str:
        return ref_of(self).link.text("format", ref_of(self), (how,))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        ref = ref_of(self)
        array = ref.link.ask("array", ref)
        if type(array) is not np.ndarray:
            raise TypeError(f"{ref.path} gave an object of type {ref.type_name}, which is no array")
        return np.array(array, dtype=dtype, copy=copy)


class CallableHandle(Handle):
    __slots__ = ()
    __doc__ = Handle.__dict__["__doc__"]

    def __call__(self, *given: Any, **named: Any) -> Any:
        ref = ref_of(self)
        return ref.link.ask("call", ref, given, named, path=step(ref.path, "()"))

    @property
    def __signature__(self) -> inspect.Signature:
        rows = ref_of(self).link.ask("parameters", ref_of(self))
        return inspect.Signature(
            [
                inspect.Parameter(
                    name, _KINDS[kind], default=... if has else inspect.Parameter.empty
                )
                for name, kind, has in rows
            ]
        )
