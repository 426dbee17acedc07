"""What is in a mutable value, whether it changed, and how another one of its kind takes it over."""

from __future__ import annotations

import collections
import copy
import dataclasses
import io
from dataclasses import fields
from typing import Any

import numpy as np

CONTAINERS = frozenset(
    {
        *(list, dict, set, bytearray, collections.deque),
        *(collections.OrderedDict, collections.Counter, collections.defaultdict),
    }
)
FILES = (io.StringIO, io.BytesIO)
MAX_NAME = 80  # of a key or field, in what is said of a change
PLAIN = frozenset({int, float, complex, str, bytes})


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
        return None if value.closed else (value.getvalue(), value.tell())
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
    """Gives a mutable value the content of another one of its kind. A file that is closed stays
    closed."""
    kind = type(value)
    if kind in FILES and value.closed:
        return
    if kind in (list, bytearray):
        value[:] = new
    elif kind is np.ndarray:
        value[...] = new
    elif kind in FILES and new.closed:
        value.close()
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


def changed_places(value: Any, new: Any) -> list[str]:
    """Where a mutable value has other parts in `new`: `[name]` for each key or field, '' for a
    value without names. None for an object whose fields are all the same; the submission may have
    given its own object other attributes."""
    if isinstance(value, dict):
        before, after = dict(value), dict(new)
    elif dataclasses.is_dataclass(value):
        before = {field.name: getattr(value, field.name, None) for field in fields(value)}
        after = {name: part for name, part in vars(new).items() if name in before}
    else:
        return [""]
    names = [n for n in {**before, **after} if not _is_part_of_both(n, before, after)]
    if not all(type(name) is str for name in names) or (isinstance(value, dict) and not names):
        return [""]
    return [f"[{name[:MAX_NAME]}]" for name in names]


def _is_part_of_both(name: Any, before: dict[Any, Any], after: dict[Any, Any]) -> bool:
    if name not in before or name not in after:
        return False
    first, second = before[name], after[name]
    if first is second:
        return True
    return type(first) is type(second) and type(first) in PLAIN and bool(first == second)


def is_only_moved(value: Any, new: Any) -> bool:
    """Whether two files in memory differ in nothing but the place that is read next."""
    if type(value) not in FILES or value.closed or new.closed:
        return False
    return bool(value.getvalue() == new.getvalue())
