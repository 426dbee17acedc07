"""What a call changed in the mutable values it was given, so that the caller sees it in its own.

Lists, dictionaries, sets, byte arrays, random generators and open dataclasses are copied across;
after the call the side that had the copies tells which of them changed, and to what.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.codec import Packing, Unpacking, deeper, pack_one, unpack
from autograder.sandbox.inside.bridge.framing import WireError


def content(value: Any, box: Packing) -> Any:
    """What a mutable value holds now, for the side that still has its earlier content."""
    return deeper(pack_one, value, box)


def snapshot(value: Any) -> Any:
    """What to compare with later: has this mutable value changed?"""
    kind = type(value)
    if kind is dict:
        return list(value.items())
    if kind is np.random.Generator:
        return repr(value.bit_generator.state)
    if kind is bytearray:
        return bytes(value)
    if dataclasses.is_dataclass(value):
        return list(vars(value).items()) if hasattr(value, "__dict__") else []
    return None if kind is np.ndarray else list(value)


def is_changed(before: Any, value: Any) -> bool:
    now = snapshot(value)
    if not isinstance(before, list):
        return bool(now != before)
    return len(now) != len(before) or not all(map(_is_same, now, before))


def _is_same(one: Any, other: Any) -> bool:
    if type(one) is tuple and type(other) is tuple and len(one) == len(other) == 2:
        return one[0] is other[0] and one[1] is other[1]
    return one is other


def renew(value: Any, row: Any, box: Unpacking) -> None:
    """Gives a mutable value the content that the other side left in it."""
    new = unpack(row, box)
    kind = type(value)
    if type(new) is not kind:
        raise WireError(f"a {kind.__name__} cannot become a {type(new).__name__}")
    if kind in (list, bytearray):
        value[:] = new
    elif kind in (dict, set):
        value.clear()
        value.update(new)
    elif kind is np.random.Generator:
        value.bit_generator.state = new.bit_generator.state
    elif dataclasses.is_dataclass(value):
        for name, part in vars(new).items():
            object.__setattr__(value, name, part)
