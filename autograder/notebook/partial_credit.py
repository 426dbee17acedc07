"""Partial credit: the number in which a test ends, as Python or NumPy writes it."""

from __future__ import annotations

import re
from typing import Any

NUMPY_NUMBER = re.compile(r"(?:np\.\w+|(?:np\.)?array)\(([-+0-9.e]+)(?:, dtype=[\w.']+)?\)")


def number_text(data: dict[str, Any]) -> str:
    """The number of an `execute_result`'s data as Python writes it; '' where it is none."""
    text = "".join(data.get("text/plain", "")).strip()
    number = NUMPY_NUMBER.fullmatch(text)
    try:
        float(number[1] if number else text)
    except ValueError:
        return ""
    return number[1] if number else text
