"""What a page may ask of the panel. A message is foreign input: each is checked, field by field.

Anything that runs in the notebook page can send messages, so nothing is taken for granted: not
the kind, not the type of a field, not its range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware_labs.errors import BoardError
from hardware_labs.recording.take import checked_label

MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Request:
    """One thing to do, with fields that hold."""

    kind: str
    fields: dict[str, object] = field(default_factory=dict)
    data: bytes = b""


def _whole_number(low: int, high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return check


def _number(low: float, high: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("a number")
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return float(value)

    return check


def _text(most: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            raise ValueError(f"at most {most} printable characters")
        return value

    return check


def _label(value: object) -> str:
    """Raises BoardError with the whole sentence about what a label may be."""
    try:
        return checked_label(value if isinstance(value, str) else "")
    except ValueError as error:
        raise BoardError(f"{error} Nothing was done.") from None


Checks = dict[str, Callable[[object], object]]
REQUESTS: dict[str, Checks] = {
    "hello": {},
    "rescan": {},
    "connect": {"address": _text(200)},
    "disconnect": {},
    "reset": {},
    "stop": {},
    "stream": {"rate_hz": _whole_number(1, 10_000)},
    "upload": {},
    "record": {
        "label": _label,
        "rate_hz": _whole_number(1, 10_000),
        "seconds": _number(0.1, 600),
        "countdown_s": _whole_number(0, 30),
    },
    "add_label": {"label": _label},
    "source": {"name": _text(32), "number": _whole_number(-1, 10_000)},
    "drop_take": {},
    "benchmark": {"n": _whole_number(1, 10_000), "warmup": _whole_number(0, 1000)},
    "memory": {},
    "save_log": {"filter": _text(200), "samples": lambda value: bool(value)},
}


def request(content: object, data: bytes = b"") -> Request:
    """The request in a message of the page. Raises BoardError where it is not one."""
    if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
        raise BoardError("The page sent something that is no request; nothing was done.")
    kind = content["kind"]
    checks = REQUESTS.get(kind)
    if checks is None:
        raise BoardError(f"The page asked for {kind!r:.40}, which the panel cannot do.")
    if len(data) > MOST_BYTES:
        raise BoardError(f"The page sent {len(data)} bytes; at most {MOST_BYTES} are taken.")
    if set(content) != {"kind", *checks}:
        raise BoardError(f"'{kind}' needs the fields {sorted(checks)}, and others came.")
    return Request(kind, {key: _checked(kind, key, content[key]) for key in checks}, data)


def _checked(kind: str, key: str, value: object) -> object:
    try:
        return REQUESTS[kind][key](value)
    except ValueError as error:
        value_text = "nothing" if value in (None, "") else f"{value!r:.40}"
        raise BoardError(
            f"'{kind}': {key} must be {error}, and {value_text} came. Nothing was done."
        ) from None
