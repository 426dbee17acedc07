"""The digest of a value: two processes that ran the same statements compare what they made by it.

Containers go in part by part and numbers by their bytes, so that NaN is NaN; a function of the
notebook by its code, a class by what its body binds, any other object as pickle takes it apart.
Nothing is imported or unpickled.
"""

from __future__ import annotations

import copyreg
import hashlib
import io
import socket
import subprocess
import threading
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.shared_classes import NOTEBOOK_MODULE

MAX_PARTS = 1_000_000
PICKLE_PROTOCOL = 4
_PLAIN = frozenset(
    {type(None), bool, int, float, complex, str, bytes, bytearray, range, types.EllipsisType}
)
_NOT_OF_BODY = frozenset(
    {"__dict__", "__weakref__", "__module__", "__firstlineno__", "__static_attributes__"}
)


def digest(value: Any) -> str | None:
    """The digest of a value; None for one that has none: it lives in its process (a generator, an
    open file), or it has more than a million parts."""
    try:
        return _digest(value, {}, [0]).hex()
    except Exception:  # noqa: BLE001  a value of any class may refuse to be taken apart
        return None


def _digest(value: Any, above: dict[int, int], count: list[int]) -> bytes:
    """above: the depth of each value that holds this one, by its id. count: parts so far."""
    if id(value) in above:
        return b"the value %d levels up" % (len(above) - above[id(value)])
    count[0] += 1
    if count[0] > MAX_PARTS or _is_of_one_process(value):
        raise ValueError("it has no digest")
    kind, data, parts = _taken_apart(value)
    above[id(value)] = len(above)
    digests = [_digest(part, above, count) for part in parts]
    del above[id(value)]
    if isinstance(value, set | frozenset):
        digests.sort()
    head = f"{kind} {len(data)} {len(digests)} ".encode()
    return hashlib.blake2b(b"".join((head, data, *digests)), digest_size=16).digest()


def _is_of_one_process(value: Any) -> bool:
    if isinstance(value, io.IOBase):
        return not isinstance(value, io.BytesIO | io.StringIO)
    return isinstance(value, socket.socket | subprocess.Popen | threading.Thread)


def _taken_apart(value: Any) -> tuple[str, bytes, Sequence[Any]]:
    """(name of its type, its own bytes, its parts)."""
    kind = _name(type(value))
    match value:
        case _ if type(value) in _PLAIN or _is_plain_sequence(value):
            return kind, repr(value).encode(), ()
        case np.ndarray() if type(value) is np.ndarray and not value.dtype.hasobject:
            return kind, f"{value.dtype.descr} {value.shape}".encode() + value.tobytes(), ()
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
        case types.MappingProxyType():
            return kind, b"", [dict(value)]
        case types.CodeType():
            names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
            counts = (value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount)
            return kind, value.co_code, [value.co_consts, names, counts]
        case types.CellType():
            return kind, b"", [value.cell_contents]
    return kind, *_parts_by_pickle(value)


def _is_plain_sequence(value: Any) -> bool:
    return type(value) in (list, tuple) and _PLAIN.issuperset(map(type, value))


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
    build, arguments, *rest = reduced
    items = [
        list(part) if k in (1, 2) and part is not None else part for k, part in enumerate(rest)
    ]
    return b"", [build, arguments, *items]
