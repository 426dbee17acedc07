"""What is in a mutable value, whether it changed, and how another one of its kind takes it over."""

from __future__ import annotations

import collections
import copy
import dataclasses
import io
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge import random_generators

CONTAINERS = frozenset(
    {
        *(list, dict, set, bytearray, collections.deque),
        *(collections.OrderedDict, collections.Counter, collections.defaultdict),
    }
)
FILES = (io.StringIO, io.BytesIO)
MAX_NAME = 80  # of a key or field, in what is said of a change
PLAIN = frozenset({int, float, complex, str, bytes, range, Decimal, Fraction})


def snapshot(value: Any) -> Any:
    """The present content of a mutable value, to be compared later by `is_changed`."""
    kind = type(value)
    if isinstance(value, dict):
        return list(value.items())
    if kind is np.random.Generator:
        return random_generators.snapshot(value)
    if kind is bytearray:
        return bytes(value)
    if dataclasses.is_dataclass(value):
        return list({**fields_of(value), **getattr(value, "__dict__", {})}.items())
    if kind in FILES:
        return None if value.closed else (value.getvalue(), value.tell())
    if kind is np.ndarray:
        return list(value.flat) if value.dtype.kind == "O" else None  # its bytes are shared
    return list(value)


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of an object of a dataclass, with or without slots, as far as they are set."""
    names = [field.name for field in dataclasses.fields(value)]
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


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
        return random_generators.content_copy(value)
    if kind in CONTAINERS or kind is np.ndarray:
        return copy.copy(value)
    if kind in FILES:
        file = kind(value.getvalue())
        file.seek(value.tell())
        return file
    new = object.__new__(kind)
    for name, part in {**fields_of(value), **getattr(value, "__dict__", {})}.items():
        object.__setattr__(new, name, part)
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
        random_generators.replace_content(value, new)
    elif dataclasses.is_dataclass(value):
        for name, part in {**fields_of(new), **getattr(new, "__dict__", {})}.items():
            object.__setattr__(value, name, part)


def is_object(value: Any) -> bool:
    return dataclasses.is_dataclass(value)


def changed_names(value: Any, new: Any) -> list[str] | None:
    """The keys or fields in which `new` has other parts than a mutable value; none where only other
    attributes of an object changed. None for a value without names, or with a key that is no
    text."""
    if isinstance(value, dict):
        before, after = dict(value), dict(new)
    elif dataclasses.is_dataclass(value):
        before, after = fields_of(value), fields_of(new)
    else:
        return None
    names = [n for n in {**before, **after} if not _is_part_of_both(n, before, after)]
    if not all(type(name) is str for name in names) or (isinstance(value, dict) and not names):
        return None
    return names


def merged(value: Any, new: Any, names: list[str]) -> Any:
    """The content of a value with named parts, these of them as `new` has them."""
    content = content_copy(value)
    after = new if isinstance(value, dict) else fields_of(new)
    for name in names:
        if not isinstance(value, dict):
            object.__setattr__(content, name, after[name])
        elif name in after:
            content[name] = after[name]
        else:
            content.pop(name, None)
    return content


def _is_part_of_both(name: Any, before: dict[Any, Any], after: dict[Any, Any]) -> bool:
    return name in before and name in after and _is_equal(before[name], after[name])


def _is_equal(first: Any, second: Any) -> bool:
    """Whether two parts are the same object, or equal values that nobody can change."""
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if type(first) is tuple:
        return len(first) == len(second) and all(map(_is_equal, first, second))
    return (type(first) in PLAIN or isinstance(first, np.generic)) and bool(first == second)


def is_only_moved(value: Any, new: Any) -> bool:
    """Whether two files in memory differ in nothing but the place that is read next."""
    if type(value) not in FILES or value.closed or new.closed:
        return False
    return bool(value.getvalue() == new.getvalue())
