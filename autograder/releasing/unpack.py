"""A reader of every text in a file, however the text is packed or encoded; the leak check uses it.

It yields the file as it stands, with JSON's escapes undone, each cell of a notebook, each member of
an archive (zip, wheel, npz, tar, gzip) and each decoded piece of base64, one inside the other.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

MAX_DEPTH = 5
LINE = re.compile(r"[A-Za-z0-9+/_-]{16,}")
WRAPPED = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]+)+")

Reading = tuple[str, str, str]


def readings(file: str, data: bytes, cell: str = "", depth: int = MAX_DEPTH) -> Iterator[Reading]:
    """(file, cell, text) of everything in `data`; a member of an archive is `archive!member`.

    cell: the notebook cell a text stands in, '' where it is in none.
    """
    yield file, cell, file
    for place, text in _texts(data, cell):
        yield file, place, text
        for piece in _decoded(text) if depth else ():
            yield from readings(file, piece, place, depth - 1)
    for member, inner in _members(data) if depth else ():
        yield from readings(f"{file}!{member}", inner, cell, depth - 1)


def _texts(data: bytes, cell: str) -> Iterator[tuple[str, str]]:
    """The cells of a notebook first, so that a leak names its cell; then the file as a whole."""
    text = data.replace(b"\0", b"").decode("utf-8", errors="replace")
    document = _parsed(text)
    inner = document.get("cells") if isinstance(document, dict) else None
    for notebook_cell in inner if isinstance(inner, list) else ():
        name = str(notebook_cell.get("id", "")) if isinstance(notebook_cell, dict) else ""
        yield from ((name, line) for line in _strings(notebook_cell))
    yield cell, text
    if document is not None:
        yield from ((cell, line) for line in _strings(document))
    elif "\\" in text:
        yield cell, _unescaped(text)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _strings(value: object) -> Iterator[str]:
    """Every string of a JSON document; a list of strings is also one text, as in a notebook."""
    if isinstance(value, str):
        yield value
        if "\\" in value:
            yield _unescaped(value)
            inner = _parsed(value)
            yield from _strings(inner) if isinstance(inner, dict | list) else ()
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *_strings(inner))
    elif isinstance(value, list):
        yield "".join(part for part in value if isinstance(part, str))
        for inner in value:
            yield from _strings(inner)


def _unescaped(text: str) -> str:
    """The escapes of JSON and of Python's `repr` undone, where they stand in other text."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda escape: chr(int(escape[1], 16)), text)
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\", "")


def _decoded(text: str) -> Iterator[bytes]:
    for encoded in [*LINE.findall(text), *WRAPPED.findall(text)]:
        piece = "".join(encoded.split()).replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(piece[: len(piece) - (len(piece) % 4 == 1)] + "===")
        except binascii.Error:
            continue


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in an archive; nothing where `data` is none, or is damaged from there on."""
    try:
        yield from _zipped(data)
        yield from _tarred(data)
        if data[:2] == b"\x1f\x8b":
            yield "gzip", gzip.decompress(data)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError):
        return


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield from ((m.filename, archive.read(m)) for m in archive.infolist() if not m.is_dir())


def _tarred(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not tarfile.is_tarfile(io.BytesIO(data)):
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.isfile() else None
            if opened:
                yield member.name, opened.read()
