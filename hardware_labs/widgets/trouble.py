"""What is wrong on a line whose board does not answer: silence, or junk at this baud."""

from __future__ import annotations

import time

from hardware_labs.errors import BoardError
from hardware_labs.protocol.command_set import READY
from hardware_labs.protocol.dialogue import JUNK_SHARE, unreadable_bytes
from hardware_labs.transports.address import is_emulated, place_and_baud
from hardware_labs.transports.link import Link
from hardware_labs.transports.serial_port import SerialLink

LISTEN_S = 0.6
FEW_BYTES = 4


def is_junk(data: bytes) -> bool:
    """Whether `data` is no text: more than one byte in ten is not printable ASCII."""
    return len(data) >= FEW_BYTES and unreadable_bytes(data) > JUNK_SHARE * len(data)


def diagnosis(data: bytes, baud: int) -> str:
    """A sentence about what was heard; "" where it was nothing, so that there is nothing to add."""
    if is_junk(data):
        excerpt = data[:8].hex(" ")
        return f"There is junk at {baud}: wrong baud or another firmware (the bytes {excerpt} ...)."
    if READY.encode() in data:
        return f"The board talks our protocol at {baud}. Connect to it again."
    excerpt = data[:60].decode("ascii", "replace").strip()
    return f"The board talks, but not our protocol: {excerpt!r}. Another firmware?" if data else ""


def hear(link: Link, seconds: float = LISTEN_S) -> bytes:
    """What comes on `link` after it was asked for its name."""
    link.write(b"!%name%")
    until, heard = time.monotonic() + seconds, b""
    while time.monotonic() < until:
        heard += link.read(0.05)
    return heard


def diagnose(address: str) -> str:
    """Opens the port once more, at the rate of its address, and says what is heard there; "" where
    it cannot be told, as of an address that would start another board."""
    if is_emulated(address):
        return ""
    try:
        place, baud = place_and_baud(address)
        link = SerialLink(place, baud)
    except BoardError:
        return ""
    try:
        return diagnosis(hear(link), baud)
    except BoardError:
        return ""
    finally:
        link.close()
