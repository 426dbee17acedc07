"""What the encoding and the decoding of a value share: the names of classes, and the depth."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.framing import MessageError

MAX_DEPTH = 100
PLAIN_TYPES = frozenset({type(None), bool, str})  # JSON has them as they are
DOUBLE = struct.Struct("<d")
CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(object, bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset),
        *(dict, range, slice, type(None), np.ndarray, np.generic, np.dtype),
    )
}
CLASSES |= {
    f"np.{name}": kind
    for name, kind in vars(np).items()
    if isinstance(kind, type) and issubclass(kind, np.generic)
}
CLASS_NAMES: dict[type, str] = {kind: name for name, kind in CLASSES.items()}


def with_depth(step: Callable[[Any, Any], Any], value: Any, state: Any) -> Any:
    """step(value, state), one level deeper. MessageError where that is too deep."""
    if state.depth >= MAX_DEPTH:
        raise MessageError(f"a value is nested more than {MAX_DEPTH} deep")
    state.depth += 1
    try:
        return step(value, state)
    finally:
        state.depth -= 1
