"""Arrays on the wire: a dict of arrays becomes bytes and back, and never by pickle.

The container: for each array its name and its npy bytes, each after eight bytes of length (big
endian). Where only text passes, a line is the container in base64. Whoever reads sets the most
bytes; what is too long, has objects in it or is no container raises a WireError. This file needs
nothing but NumPy: its text is what runs where an entry runs.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import struct
import tokenize
import warnings
from collections.abc import Mapping

import numpy as np

MAX_ARRAYS = 256
MAX_NAME_BYTES = 200
KINDS = "biufc"  # of dtypes: numbers and truth values
# What NumPy raises for a header that is none.
NO_ARRAY = (
    *(ValueError, TypeError, EOFError, SyntaxError, OverflowError, AttributeError, KeyError),
    *(RecursionError, MemoryError, tokenize.TokenError),
)
_LENGTH = struct.Struct(">Q")


class WireError(ValueError):
    """The bytes that came are no container of arrays, or too many."""


def encode(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The container of some arrays. TypeError for one that holds objects."""
    parts = []
    for name, array in arrays.items():
        plain = np.asarray(array)
        if plain.dtype.kind not in KINDS:
            raise TypeError(f"'{name}' holds {plain.dtype}; the wire takes numbers only.")
        file = io.BytesIO()
        np.lib.format.write_array(file, plain, allow_pickle=False)
        parts += [str(name).encode(), file.getvalue()]
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def decode(data: bytes, max_bytes: int) -> dict[str, np.ndarray]:
    """The arrays of a container, each a fresh copy. WireError where it is none."""
    if len(data) > max_bytes:
        raise WireError(f"{len(data):,} bytes came, and at most {max_bytes:,} are taken.")
    parts = list(_parts(data))
    if len(parts) % 2 or len(parts) > 2 * MAX_ARRAYS:
        raise WireError("The container needs a name for each array, and at most 256 arrays.")
    return {_name(parts[k]): _array(parts[k + 1]) for k in range(0, len(parts), 2)}


def to_line(data: bytes) -> str:
    """A container as one line of base64."""
    return base64.b64encode(data).decode("ascii")


def from_line(line: str, max_bytes: int) -> bytes:
    """The container of a line of base64; its length is checked before anything else."""
    text = line.strip()
    if len(text) > 4 * (max_bytes // 3 + 1):
        raise WireError(f"{len(text):,} characters came, too many for {max_bytes:,} bytes.")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise WireError(f"what came is no base64: {fault}.") from fault


def _parts(data: bytes):  # type: ignore[no-untyped-def]
    place = 0
    while place < len(data):
        if place + _LENGTH.size > len(data):
            raise WireError("the container ends in the middle of a length.")
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if length > len(data) - place:
            raise WireError("the container ends before its last part does.")
        yield data[place : place + length]
        place += length


def _name(part: bytes) -> str:
    if len(part) > MAX_NAME_BYTES:
        raise WireError("the name of an array is too long.")
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise WireError("the name of an array is no text.") from fault


def _array(part: bytes) -> np.ndarray:
    """subtle: the header is read first, so that a small part cannot ask for a large array."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a header of Python 2, or one that overflows
            return _plain_array(io.BytesIO(part), len(part))
    except WireError:
        raise
    except (*NO_ARRAY, Warning) as fault:
        raise WireError(f"what came is no npy array: {fault}.") from fault


def _plain_array(file: io.BytesIO, length: int) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise WireError(f"an npy of version {version} came; 1.0 is needed.")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    size = dtype.itemsize * math.prod(shape)
    if dtype.kind not in KINDS or min(shape, default=0) < 0 or size != length - file.tell():
        raise WireError("an array's header does not fit its bytes.")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)
