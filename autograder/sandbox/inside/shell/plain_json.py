"""Plain JSON: the value that a client gets when a kernel sends one in a message.

Data of a display or of a widget crosses a socket between a kernel and its client: bytes become
base64, tuples become lists, keys become text. The same rules are applied here without a socket.
"""

from __future__ import annotations

import json
import math
import numbers
from base64 import b64encode
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any


def to_plain_json(value: Any) -> Any:
    """A copy of `value` in JSON's types. TypeError or ValueError where it has no such copy."""
    try:
        text = json.dumps(value, default=_replacement, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        text = json.dumps(_finite(value), default=_replacement, ensure_ascii=False, allow_nan=False)
    return json.loads(text)


def without_surrogates(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot carry."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass").decode(errors="replace")
    return text


def _replacement(value: Any) -> Any:
    """The replacement of a value that the json module cannot write."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.astimezone()
        return aware.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, Iterable):
        return list(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"{value!r} is not JSON serializable")


def _finite(value: Any) -> Any:
    """JSON has no number for nan or infinity: they become text. Keys become text, too."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value
