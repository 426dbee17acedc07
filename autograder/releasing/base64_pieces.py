"""The pieces of base64 in a text, decoded: runs of sixteen letters or more, on one line or wrapped.

Runs are found by the characters that end them, in one pass. What is short is decoded into one
piece, since a table may hold millions of long words that only look like base64.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

LETTERS = f"{string.ascii_letters}{string.digits}+/_-".encode()
LINE_BREAKS = b"\r\n\\"  # a backslash, since a line may end in an escape of an escape
MIN_RUN = 16
SHORT_BYTES = 4096
PACKED = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
SEPARATOR = b"\n\x01\n"
STANDARD = bytes.maketrans(b"-_", b"+/")
LONG_LINE = re.compile(rb"[A-Za-z0-9+/_-]{16}")


def _marks(unmarked: bytes) -> bytes:
    """A table for bytes.translate: 0 for the bytes of `unmarked`, 1 for all others."""
    return bytes(byte not in unmarked for byte in range(256))


LINE_ENDS = _marks(LETTERS)
WRAPPED_ENDS = _marks(LETTERS + LINE_BREAKS)
CAPITALS = bytes(byte in string.ascii_uppercase.encode() for byte in range(256))


def decoded(text: bytes) -> Iterator[bytes]:
    """Every piece of base64 in `text`, decoded; the short ones all in one at the end."""
    short = []
    for run in _all_runs(text):
        piece = _decode(run)
        if len(piece) >= SHORT_BYTES or piece.startswith(PACKED):
            yield piece
        else:
            short.append(piece)
    if short:
        yield SEPARATOR.join(short)


def _all_runs(text: bytes) -> Iterator[bytes]:
    lines = list(_runs(text, LINE_ENDS))
    yield from lines
    for run in _runs(text, WRAPPED_ENDS) if lines else ():
        first_line = LONG_LINE.search(run) if b"\n" in run.strip(LINE_BREAKS) else None
        if first_line:
            yield run[first_line.start() :]


def _runs(text: bytes, ends: bytes) -> Iterator[bytes]:
    """The runs of `text` between bytes that `ends` marks, with a capital: base64 of a text has one,
    a table of figures has none."""
    marks = _marked(text, ends)
    edges = np.concatenate(([-1], marks, [len(text)]))
    long_gaps = np.flatnonzero(np.diff(edges) > MIN_RUN)
    if not len(long_gaps):
        return
    begins, stops = edges[long_gaps] + 1, edges[long_gaps + 1]
    capitals = _marked(text, CAPITALS)
    with_capital = np.searchsorted(capitals, begins) < np.searchsorted(capitals, stops)
    spans = zip(begins[with_capital].tolist(), stops[with_capital].tolist(), strict=True)
    yield from (text[begin:stop] for begin, stop in spans)


def _marked(text: bytes, table: bytes) -> NDArray[np.intp]:
    return np.flatnonzero(np.frombuffer(text.translate(table), dtype=np.bool_))


def _decode(run: bytes) -> bytes:
    letters = run.translate(STANDARD, LINE_BREAKS)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"===")
