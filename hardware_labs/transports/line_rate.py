"""What arrives where the two ends of a wire have different baud rates.

A byte on the wire is a start bit (0), eight data bits, lowest first, and a stop bit (1). The
receiver waits for the line to fall and then looks at it in the middle of each of *its* bit times.
"""

from __future__ import annotations

from hardware_labs.boards import BITS_PER_BYTE


def received(data: bytes, sender_baud: int, receiver_baud: int) -> bytes:
    """The bytes that a receiver at one rate makes of what a sender at another rate sends without a
    pause. A byte whose stop bit is not 1 is kept, as most serial ports do without telling."""
    if sender_baud == receiver_baud:
        return data
    levels = [level for byte in data for level in _levels(byte)]
    per_bit = sender_baud / receiver_baud  # the sender's bits in one bit of the receiver
    receiver_bytes, at = bytearray(), 0.0
    while (start := _falling_edge(levels, at)) is not None:
        middles = [start + (k + 1.5) * per_bit for k in range(8)]
        receiver_bytes.append(sum(_level(levels, middle) << k for k, middle in enumerate(middles)))
        at = start + (BITS_PER_BYTE - 0.5) * per_bit
    return bytes(receiver_bytes)


def _levels(byte: int) -> list[int]:
    return [0, *(byte >> k & 1 for k in range(8)), 1]


def _level(levels: list[int], at: float) -> int:
    """The line at that bit time; before and after the message it is idle, which is 1."""
    return levels[int(at)] if 0 <= at < len(levels) else 1


def _falling_edge(levels: list[int], at: float) -> int | None:
    """The first bit from `at` on that is 0 and follows a 1."""
    first = int(at) + (at > int(at))
    for k in range(first, len(levels)):
        if levels[k] == 0 and _level(levels, k - 1) == 1:
            return k
    return None
