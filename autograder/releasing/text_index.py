"""Many texts searched for in one pass: which of them stand in some bytes?

Of every text four grams of eight bytes, one byte apart, are in a table. Of the bytes only each
fourth gram is looked up: wherever a text stands, one of its four falls on such a place. The time
grows with the bytes, however many texts there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAM_BYTES = 8
STRIDE_BYTES = 4
MIN_TEXT_BYTES = GRAM_BYTES + STRIDE_BYTES - 1
HEAD_BYTES = 4096  # the grams of a text are chosen among these first bytes of it
TABLE_BITS = 16
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio (Knuth 6.4): spreads the hashes
TABLE_SHIFT = np.uint64(64 - TABLE_BITS)


@dataclass(frozen=True)
class TextIndex:
    """The texts, the place of each chosen gram in its text, and the table of grams' hashes."""

    texts: tuple[bytes, ...]
    places: dict[int, list[tuple[bytes, int]]]
    table: NDArray[np.bool_]


def index_of(texts: Iterable[bytes]) -> TextIndex:
    """The index of the texts of MIN_TEXT_BYTES or more; shorter ones are left out."""
    long_texts = tuple({text: None for text in texts if len(text) >= MIN_TEXT_BYTES})
    frequencies = Counter(gram for text in long_texts for gram in _grams(text))
    places: dict[int, list[tuple[bytes, int]]] = {}
    for text in long_texts:
        first = _rarest_place(text, frequencies)
        for place in range(first, first + STRIDE_BYTES):
            places.setdefault(_number(text, place), []).append((text, place))
    table = np.zeros(1 << TABLE_BITS, dtype=np.bool_)
    table[_hashes(np.array(list(places), dtype=np.uint64))] = True
    return TextIndex(long_texts, places, table)


def texts_in(index: TextIndex, data: bytes) -> set[bytes]:
    """Those of the texts that stand in `data`."""
    return {
        text
        for place, gram in _indexed_grams(index, data)
        for text, offset in index.places.get(gram, ())
        if place >= offset and data.startswith(text, place - offset)
    }


def _indexed_grams(index: TextIndex, data: bytes) -> Iterator[tuple[int, int]]:
    """(place, gram) of each fourth gram of `data` whose hash is in the table."""
    if len(data) < MIN_TEXT_BYTES:
        return
    for shift in range(0, GRAM_BYTES, STRIDE_BYTES):
        count = (len(data) - shift) // GRAM_BYTES
        grams = np.frombuffer(data, "<u8", count, shift)
        for number in np.flatnonzero(index.table[_hashes(grams)]):
            yield shift + GRAM_BYTES * int(number), int(grams[number])


def _hashes(grams: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (grams * MULTIPLIER) >> TABLE_SHIFT


def _grams(text: bytes) -> Iterator[int]:
    head = min(len(text), HEAD_BYTES)
    return (_number(text, place) for place in range(head - GRAM_BYTES + 1))


def _number(text: bytes, place: int) -> int:
    return int.from_bytes(text[place : place + GRAM_BYTES], "little")


def _rarest_place(text: bytes, frequencies: Counter[int]) -> int:
    """Where the four neighbouring grams begin that the other texts share least."""
    counts = [frequencies[gram] for gram in _grams(text)]
    starts = range(len(counts) - STRIDE_BYTES + 1)
    return min(starts, key=lambda start: sum(counts[start : start + STRIDE_BYTES]))
