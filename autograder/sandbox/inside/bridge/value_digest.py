"""The digest of a value: two processes that ran the same statements compare what they made by it.

Containers go in part by part and numbers by their bytes, so that NaN is NaN; a function of the
notebook by its code, a class by what its body binds, any other object as pickle takes it apart.
Nothing is imported or unpickled.
"""

from __future__ import annotations

import copyreg
import functools
import hashlib
import io
import subprocess
import sys
import threading
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.shared_classes import NOTEBOOK_MODULE

MAX_PARTS = 1_000_000
PICKLE_PROTOCOL = 4
MAX_DEPTH = 20_000
_PLAIN = frozenset(
    {type(None), bool, float, complex, str, bytes, bytearray, range, types.EllipsisType}
)
_NOT_OF_BODY = frozenset(  # what Python itself writes into a class, some of it when it is used
    {
        *("__dict__", "__weakref__", "__module__", "__slotnames__", "__firstlineno__"),
        *("__static_attributes__", "__abstractmethods__", "_abc_impl"),
    }
)


def digest(value: Any) -> str | None:
    """The digest of a value; None for one that has none: it lives in its process (a generator, an
    open file, whatever pickle cannot take apart), or has more than a million parts."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, MAX_DEPTH))
    try:
        return _Walk().digest(value).hex()
    except Exception:  # noqa: BLE001  a value of any class may refuse to be taken apart
        return None
    finally:
        sys.setrecursionlimit(limit)


class _Walk:
    """The walk through one value. Each part is taken apart once, however often it occurs."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}  # the depth of each value that holds the present one
        self._known: dict[int, tuple[bytes, Any]] = {}  # the value lives as long as its id counts
        self._count = 0

    def digest(self, value: Any) -> bytes:
        if type(value) in _PLAIN or type(value) is int:
            return _hash(type(value).__name__, _plain_text(value), ())
        if id(value) in self._known:
            return self._known[id(value)][0]
        if id(value) in self._above:
            return b"the value %d levels up" % (len(self._above) - self._above[id(value)])
        self._count += 1
        if self._count > MAX_PARTS or _is_of_one_process(value):
            raise ValueError("it has no digest")
        kind, data, parts = _taken_apart(value)
        self._above[id(value)] = len(self._above)
        digests = [self.digest(part) for part in parts]
        del self._above[id(value)]
        if isinstance(value, set | frozenset):
            digests.sort()
        value_hash = _hash(kind, data, digests)
        self._known[id(value)] = (value_hash, value)
        return value_hash


def _hash(kind: str, data: bytes | memoryview, digests: Sequence[bytes]) -> bytes:
    hashed = hashlib.blake2b(f"{kind} {len(data)} {len(digests)} ".encode(), digest_size=16)
    hashed.update(data)
    for part in digests:
        hashed.update(part)
    return hashed.digest()


def _plain_text(value: Any) -> bytes:
    return hex(value).encode() if type(value) is int else repr(value).encode("utf-8", "replace")


def _is_of_one_process(value: Any) -> bool:
    """Whether a value owns a descriptor or a process: the copy of one would close it as well."""
    if isinstance(value, type | types.ModuleType | io.BytesIO | io.StringIO):
        return False
    return isinstance(value, subprocess.Popen | threading.Thread) or hasattr(value, "fileno")


def _taken_apart(value: Any) -> tuple[str, bytes | memoryview, Sequence[Any]]:
    """(name of its type, its own bytes, its parts)."""
    kind = _name(type(value))
    match value:
        case _ if _is_plain_sequence(value):
            return kind, repr(value).encode("utf-8", "replace"), ()
        case np.ndarray() if type(value) is np.ndarray and not value.dtype.hasobject:
            head = f"{value.dtype.descr} {value.shape}"
            return f"{kind} {head}", _bytes_of(value), ()
        case np.ndarray() if type(value) is np.ndarray:
            return kind, f"{value.dtype} {value.shape}".encode(), value.ravel().tolist()
        case np.generic() if not value.dtype.hasobject:
            return kind, str(value.dtype).encode() + value.tobytes(), ()
        case list() | tuple() | set() | frozenset() if type(value) in (list, tuple, set, frozenset):
            return kind, b"", list(value)
        case dict() if type(value) is dict:
            return kind, b"", [part for pair in value.items() for part in pair]
        case np.lib.npyio.NpzFile():
            return kind, b"", [part for pair in value.items() for part in pair]
        case types.ModuleType():
            return kind, value.__name__.encode(), ()
        case type():
            return kind, _name(value).encode(), _parts_of_class(value)
        case types.FunctionType() if value.__module__ == NOTEBOOK_MODULE:
            return kind, _name(value).encode(), _parts_of_function(value)
        case _ if callable(value) and isinstance(getattr(value, "__qualname__", None), str):
            return "function", _name(value).encode(), [getattr(value, "__self__", None)]
        case classmethod() | staticmethod():
            return kind, b"", [value.__func__]
        case property():
            return kind, b"", [value.fget, value.fset, value.fdel]
        case functools.cached_property():
            return kind, b"", [value.func]
        case types.MappingProxyType():
            return kind, b"", [dict(value)]
        case types.CodeType():
            names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
            counts = (value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount)
            return kind, value.co_code, [value.co_consts, names, counts]
        case types.CellType():
            return kind, b"", [value.cell_contents]
    return kind, *_parts_by_pickle(value)


def _bytes_of(array: np.ndarray) -> bytes | memoryview:
    if array.flags.c_contiguous and array.nbytes:
        return array.reshape(-1).view(np.uint8).data
    return array.tobytes()


def _is_plain_sequence(value: Any) -> bool:
    return type(value) in (list, tuple) and set(map(type, value)) <= _PLAIN | {int}


def _name(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _parts_of_class(value: type) -> list[Any]:
    """Of a class of the notebook: its bases, and what its body binds. Others are told by name."""
    if value.__module__ != NOTEBOOK_MODULE:
        return []
    body = [pair for pair in vars(value).items() if pair[0] not in _NOT_OF_BODY]
    return [value.__bases__, *body]


def _parts_of_function(value: types.FunctionType) -> list[Any]:
    return [value.__code__, value.__defaults__, value.__kwdefaults__, value.__closure__]


def _parts_by_pickle(value: Any) -> tuple[bytes, Sequence[Any]]:
    reduce = copyreg.dispatch_table.get(type(value))
    reduced = reduce(value) if reduce else value.__reduce_ex__(PICKLE_PROTOCOL)
    if isinstance(reduced, str):
        return f"{getattr(value, '__module__', '')} {reduced}".encode(), ()
    build, arguments, *contents = reduced
    items = [
        list(part) if k in (1, 2) and part is not None else part for k, part in enumerate(contents)
    ]
    return b"", [build, arguments, *items]
