"""Pictures that stand in a text as base64, set aside while the text is read.

A picture may be 2 MB, and readers of Markdown pass over a text many times; no sign of base64 means
anything to them.
"""

from __future__ import annotations

import re

PICTURE_DATA = re.compile(r"(data:image/[a-z]{3,4};base64,)([A-Za-z0-9+/=]+)")
MAX_PICTURE_CHARS = 20_000_000


class PicturesError(Exception):
    """The pictures of a text are larger than a page may be: one may be shown many times."""


def set_aside(text: str) -> tuple[str, list[str]]:
    """The text with a number for the data of each picture, and the data by these numbers."""
    pictures: list[str] = []

    def number(picture: re.Match[str]) -> str:
        pictures.append(picture[2])
        return f"{picture[1]}{len(pictures) - 1}"

    return PICTURE_DATA.sub(number, text), pictures


def put_back(text: str, pictures: list[str]) -> str:
    """The text with the data of its pictures again. Raises PicturesError."""
    total_chars = 0

    def data(picture: re.Match[str]) -> str:
        nonlocal total_chars
        place = picture[2]
        if not (place.isdecimal() and len(place) < 8 and int(place) < len(pictures)):
            return picture[0]
        total_chars += len(pictures[int(place)])
        if total_chars > MAX_PICTURE_CHARS:
            raise PicturesError("the pictures of this cell, shown again and again, are too large")
        return f"{picture[1]}{pictures[int(place)]}"

    return PICTURE_DATA.sub(data, text)
