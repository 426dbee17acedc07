"""The file name that a cell's code is compiled under, the one that a kernel gives it.

It shows in warnings ("/tmp/ipykernel_42/3851.py:1: UserWarning") and links a traceback's lines to
the cell. The number is MurmurHash2 of the cell (Austin Appleby, 2008; 32 bits).
"""

from __future__ import annotations

import os
import struct
import tempfile

from IPython.core.compilerop import CachingCompiler

SEED = 0xC70F6907
FACTOR = 0x5BD1E995
WORD = 0xFFFFFFFF


class CellCompiler(CachingCompiler):
    """IPython's compiler, with a kernel's file names."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The name for a cell as it was written."""
        folder = f"{tempfile.gettempdir()}{os.sep}ipykernel_{os.getpid()}"
        return f"{folder}{os.sep}{murmur2(raw_code.encode(errors='surrogatepass'))}.py"


def murmur2(data: bytes) -> int:
    """MurmurHash2 of `data`."""
    words, tail = divmod(len(data), 4)
    state = SEED ^ len(data)
    for (word,) in struct.iter_unpack("<I", data[: 4 * words]):
        word = word * FACTOR & WORD
        word = (word ^ word >> 24) * FACTOR & WORD
        state = (state * FACTOR & WORD) ^ word
    if tail:
        state ^= int.from_bytes(data[4 * words :], "little")
        state = state * FACTOR & WORD
    state = (state ^ state >> 13) * FACTOR & WORD
    return state ^ state >> 15
