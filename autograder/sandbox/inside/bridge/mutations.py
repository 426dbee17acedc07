"""The changes that a call made in its mutable arguments, so that the caller's own values get them.

Lists, dictionaries, sets and their kin, random generators, files in memory and dataclasses are
copied across. After the call, the side that had the copies sends the new content of those that
changed.
"""

from __future__ import annotations

import copy
import dataclasses
import io
from collections import deque
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.codec import (
    CONTAINERS,
    Decoder,
    Encoder,
    decode,
    encode_value,
    with_depth,
)
from autograder.sandbox.inside.bridge.framing import MessageError

FILES = (io.StringIO, io.BytesIO)


def encode_content(value: Any, encoder: Encoder) -> Any:
    """The row for the present content of a mutable value; the other side has an earlier one."""
    return with_depth(encode_value, value, encoder)


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


def is_changed(before: Any, value: Any) -> bool:
    now = snapshot(value)
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


def changed_copy(value: Any, row: Any, decoder: Decoder) -> Any:
    """A value of the same kind with the content that the other side left in it."""
    new = decode(row, decoder)
    fits = type(new) is type(value) and getattr(new, "shape", ()) == getattr(value, "shape", ())
    if not fits:
        raise MessageError(f"a {type(value).__name__} cannot become a {type(new).__name__}")
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
    elif kind is deque:
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
