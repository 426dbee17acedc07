"""The normal form in which the leak check compares: bytes without what a formatter may move.

Escapes of JSON and of Python's `repr` are undone, blanks, quotes, brackets, commas and backslashes
go. The same text has one normal form in a notebook's JSON, in a script and in a `repr`. Each step
takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re

MOVABLE = b" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\"'(),\\\0"
WIDE_BLANKS = tuple(blank.encode() for blank in "\u00a0\u202f\u3000")
CONTINUATIONS = bytes(range(0x80, 0xC0))
ESCAPE = re.compile(rb"\\[ntr/]")
CHARACTERS = {rb"\n": b"\n", rb"\t": b"\t", rb"\r": b"\r", rb"\/": b"/"}
UNICODE_ESCAPES = re.compile(rb"\\u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*")
COMMENT = re.compile(rb"#(?<![^\s\"']#)[^\n]*")


def encoded(text: str) -> bytes:
    """The text as UTF-8; half a surrogate pair, which UTF-8 does not have, is a question mark."""
    return text.encode("utf-8", "replace")


def unescaped(data: bytes) -> bytes:
    """The bytes with escapes of JSON and of Python's `repr` undone; other backslashes stay."""
    if b"\\" not in data:
        return data
    if b"\\u" in data:
        data = UNICODE_ESCAPES.sub(_characters, data)
    return ESCAPE.sub(lambda escape: CHARACTERS[escape[0]], data)


def without_comments(data: bytes) -> bytes:
    """The bytes without what follows a `#` that stands alone or opens a quoted line."""
    return COMMENT.sub(b"", data) if b"#" in data else data


def without_movable(data: bytes) -> bytes:
    """The bytes without blanks, quotes, brackets, commas and backslashes."""
    if not data.isascii() and _is_utf8(data):
        for blank in WIDE_BLANKS:
            data = data.replace(blank, b"")
    return data.translate(None, MOVABLE)


def normal(text: str) -> bytes:
    """The normal form of a text, comments and all."""
    return without_movable(unescaped(encoded(text)))


def normal_code(text: str) -> bytes:
    """The normal form of a text without its comments, so without region markers."""
    return without_movable(without_comments(unescaped(encoded(text))))


def _is_utf8(data: bytes) -> bool:
    """Is it text? A block may begin within a character; other binary data fail at once."""
    try:
        data.lstrip(CONTINUATIONS).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _characters(escapes: re.Match[bytes]) -> bytes:
    units = bytes.fromhex(escapes[0].replace(b"\\u", b"").decode("ascii"))
    return encoded(units.decode("utf-16-be", "replace"))
