"""What is in a mutable value, whether it changed, and how another one of its kind takes it over."""

from __future__ import annotations

import collections
import copy
import dataclasses
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.shared_arrays import owner_of

CONTAINERS = frozenset(
    {
        *(list, dict, set, bytearray, collections.deque),
        *(collections.OrderedDict, collections.Counter, collections.defaultdict),
    }
)
FILES = (io.StringIO, io.BytesIO)


def snapshot(value: Any) -> Any:
    """The present content of a mutable value, to be compared later by `is_changed`."""
    kind = type(value)
    if isinstance(value, dict):
        return list(value.items())
    if kind is np.random.Generator:
        return repr(value.bit_generator.state)
    if kind is bytearray:
        return bytes(value)
    if dataclasses.is_dataclass(value):
        return list(vars(value).items()) if hasattr(value, "__dict__") else []
    if kind in FILES:
        return value.getvalue(), value.tell()
    if kind is np.ndarray:
        return list(value.flat) if value.dtype.kind == "O" else None  # its bytes are shared
    return list(value)


def differs(before: Any, now: Any) -> bool:
    """Whether two snapshots of a value are of different contents; None is that of none."""
    if not isinstance(before, list):
        return bool(now != before)
    return len(now) != len(before) or not all(map(_is_same, now, before))


def _is_same(first: Any, second: Any) -> bool:
    if type(first) is tuple and type(second) is tuple and len(first) == len(second) == 2:
        return first[0] is second[0] and first[1] is second[1]
    return first is second


def content_copy(value: Any) -> Any:
    """Another value of its kind with the same content, for `replace_content`."""
    kind = type(value)
    if kind is np.random.Generator:
        bits = type(value.bit_generator)()
        bits.state = value.bit_generator.state
        return np.random.Generator(bits)
    if kind in CONTAINERS or kind is np.ndarray:
        return copy.copy(value)
    if kind in FILES:
        file = kind(value.getvalue())
        file.seek(value.tell())
        return file
    new = object.__new__(kind)
    vars(new).update(vars(value))
    return new


def replace_content(value: Any, new: Any) -> None:
    """Gives a mutable value the content of another one of its kind."""
    kind = type(value)
    if kind in (list, bytearray):
        value[:] = new
    elif kind is np.ndarray:
        value[...] = new
    elif kind in FILES:
        value.seek(0)
        value.truncate()
        value.write(new.getvalue())
        value.seek(new.tell())
    elif kind is collections.deque:
        value.clear()
        value.extend(new)
    elif kind in CONTAINERS:
        value.clear()
        value.update(new)
    elif kind is np.random.Generator:
        value.bit_generator.state = new.bit_generator.state
    elif dataclasses.is_dataclass(value):
        for name, part in vars(new).items():
            object.__setattr__(value, name, part)


def identities_within(whole: Any) -> set[int]:
    """The ids of a value and of all that it holds, and of the memory of arrays."""
    waiting, seen = [whole], set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) is np.ndarray:
            seen.add(id(owner_of(value)))
        waiting.extend(_parts(value))
    return seen


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset | collections.deque):
        return value
    if type(value) is np.ndarray and value.dtype.kind == "O":
        return list(value.flat)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return vars(value).values() if hasattr(value, "__dict__") else ()
    return ()
