"""What is wrong on a line whose board does not answer: silence, or junk at this baud."""

from __future__ import annotations

import time

from hardware_labs.errors import BoardError
from hardware_labs.transports.link import Link
from hardware_labs.transports.serial_port import SerialLink

LISTEN_S = 0.6
FEW_BYTES = 4
JUNK_SHARE = 0.1


def is_junk(data: bytes) -> bool:
    """Whether `data` is no text: more than one byte in ten is not printable ASCII."""
    strange = sum(byte not in b"\t\r\n" and not 32 <= byte < 127 for byte in data)
    return len(data) >= FEW_BYTES and strange > JUNK_SHARE * len(data)


def diagnosis(data: bytes, baud: int) -> str:
    """A sentence about what was heard; "" where it was nothing, so that there is nothing to add."""
    if is_junk(data):
        shown = data[:8].hex(" ")
        return f"There is junk at {baud}: wrong baud or another firmware (the bytes {shown} ...)."
    if data:
        shown = data[:60].decode("ascii", "replace").strip()
        return f"The board talks, but not our protocol: {shown!r}. Another firmware?"
    return ""


def hear(link: Link, seconds: float = LISTEN_S) -> bytes:
    """What comes on `link` after it was asked for its name."""
    link.write(b"!%name%")
    until, heard = time.monotonic() + seconds, b""
    while time.monotonic() < until:
        heard += link.read(0.05)
    return heard


def diagnose(address: str, baud: int = 115200) -> str:
    """Opens the port once more and says what is heard there; "" where it cannot be told."""
    try:
        link = SerialLink(address, baud)
    except BoardError:
        return ""
    try:
        return diagnosis(hear(link), baud)
    except BoardError:
        return ""
    finally:
        link.close()
