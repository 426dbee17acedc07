"""A reader of every text in a file, however the text is packed or encoded; the leak check uses it.

It yields the file as it stands, each member of an archive and each decoded piece of base64, one
inside the other. A text is bytes with its escapes undone, so that what stands in the JSON of a
notebook is read without a second pass over its strings. What looks like HTML is read once more
without its tags. The text of a PDF is not read: its letters are numbers of its fonts. Long files
come in blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from autograder.releasing.archives import members
from autograder.releasing.base64_pieces import decoded
from autograder.releasing.normal_form import encoded, unescaped

MAX_DEPTH = 5
BLOCK_BYTES = 1 << 20  # what a processor's cache holds
MAX_BLOCK_BYTES = 1 << 26  # a line or a piece of base64 is cut at this length
OVERLAP_BYTES = 1 << 16
MARKUP = re.compile(rb"</[A-Za-z][A-Za-z0-9]*>|&(?:#x?[0-9A-Fa-f]{2,6}|lt|gt|amp|quot);")
TAG = re.compile(rb"<[^<>]*>")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/_\r\n\\-]")


@dataclass(frozen=True)
class Reading:
    """A text in a file (`a.zip!b.ipynb` for a member of an archive).

    cell: the notebook cell it stands in, '' for none. depth: how often it was unpacked or decoded.
    """

    file: str
    cell: str
    text: bytes
    depth: int


def readings(
    file: str, data: bytes, by_cell: bool = False, cell: str = "", depth: int = 0
) -> Iterator[Reading]:
    """Every text in `data`.

    by_cell: the cells of each notebook first, by name, and then the notebook as a whole. This
    reads them twice; without it no cell is named.
    """
    for name, inner in _notebook_cells(data) if by_cell else ():
        yield from readings(file, inner, by_cell, name, depth)
    for block in blocks(data):
        text = unescaped(block.translate(None, b"\0"))
        yield Reading(file, cell, text, depth)
        if MARKUP.search(text):
            yield Reading(file, cell, _page_text(text), depth + 1)
        for piece in decoded(text) if depth < MAX_DEPTH else ():
            yield from readings(file, piece, by_cell, cell, depth + 1)
    for member, inner in members(data) if depth < MAX_DEPTH else ():
        name = f"{file}!{member}"
        yield Reading(name, cell, encoded(member), depth + 1)
        yield from readings(name, inner, by_cell, cell, depth + 1)


def _page_text(text: bytes) -> bytes:
    """What a page of HTML shows: a page that colours code has tags between its words."""
    return encoded(unescape(TAG.sub(b"", text).decode("utf-8", "replace")))


def blocks(data: bytes) -> Iterator[bytes]:
    """The data in parts that overlap; a part ends with a line, and outside of wrapped base64."""
    begin = 0
    while begin < len(data):
        end = _block_end(data, begin + BLOCK_BYTES)
        yield data[max(begin - OVERLAP_BYTES, 0) : end]
        begin = end


def _block_end(data: bytes, least: int) -> int:
    if least >= len(data):
        return len(data)
    most = least + MAX_BLOCK_BYTES
    outside = NOT_BASE64.search(data, least, most)
    line_end = data.find(b"\n", outside.end() if outside else most, most)
    return line_end + 1 if line_end >= 0 else min(most, len(data))


def _notebook_cells(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(id, JSON) of each cell where `data` is a notebook."""
    try:
        document = json.loads(data.replace(b"\0", b"").decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return
    inner = document.get("cells") if isinstance(document, dict) else None
    for cell in inner if isinstance(inner, list) else ():
        name = str(cell.get("id", "")) if isinstance(cell, dict) else ""
        yield name, encoded(json.dumps(cell, ensure_ascii=False))
