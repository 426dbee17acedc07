"""HTML's character references as a browser reads them, however many digits a number has."""

from __future__ import annotations

import html
import re

LONG_NUMBER = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{7,}+);?")


def unescape(text: str) -> str:
    """The text with each reference as its character.

    A number of many digits, with which `html.unescape` fails, counts without its leading zeros and
    as U+FFFD, a browser's sign for no character, where it is still too large.
    """
    return html.unescape(LONG_NUMBER.sub(_short, text))


def _short(reference: re.Match[str]) -> str:
    digits = reference[0].removeprefix("&#").rstrip(";").lower()
    is_hex = digits.startswith("x")
    number = digits.removeprefix("x").lstrip("0") or "0"
    if len(number) > 7:
        return "\ufffd"
    return f"&#{'x' if is_hex else ''}{number};"
