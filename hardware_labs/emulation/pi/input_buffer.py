"""The model's input, as it is loaded: in hexadecimal, or in binary frames."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from string import hexdigits

import numpy as np

from hardware_labs.emulation.pi.refusal import Refusal
from hardware_labs.protocol.crc import MAX_PAYLOAD, crc16


class InputBuffer:
    """Bytes up to a size; those that have not come are 0."""

    def __init__(self, size: int) -> None:
        self.size, self._expected = size, 0
        self.data = bytearray()

    @property
    def is_full(self) -> bool:
        """Whether all that was announced has come."""
        return bool(self._expected) and len(self.data) == self._expected

    def expect(self, n: int) -> None:
        """Empties the buffer for `n` bytes. Raises Refusal."""
        if not 1 <= n <= self.size:
            raise Refusal(f"The buffer holds 1 to {self.size} bytes")
        self._expected, self.data = n, bytearray()

    def add(self, data: bytes) -> None:
        """Takes what was announced, and no more."""
        self.data += data[: self._expected - len(self.data)]

    def add_hex(self, text: str) -> None:
        """Takes hexadecimal digits, two at a time, up to the first that is none. Raises Refusal."""
        for at in range(0, len(text), 2):
            pair = text[at : at + 2]
            if len(pair) < 2 or not set(pair) <= set(hexdigits):
                raise Refusal(f"Not hexadecimal: {text[at:]}")
            self.add(bytes.fromhex(pair))

    def crc32(self) -> int:
        """The CRC-32 of the whole buffer, in which a mark of `infer` names what was meant."""
        return zlib.crc32(bytes(self.data).ljust(self.size, b"\0"))

    def lines(self) -> list[str]:
        """What is loaded, eight bytes a line."""
        pieces = [self.data[at : at + 8] for at in range(0, len(self.data), 8)]
        return [f"m-buffer-{piece.hex('-')}" for piece in pieces] or ["m-buffer"]

    def add_frame(self, next_byte: Callable[[], int]) -> None:
        """Reads one frame. Raises Refusal where it did not arrive whole."""
        n = next_byte()
        payload = bytes(next_byte() for _ in range(n)) if n <= MAX_PAYLOAD else b""
        check = next_byte() << 8 | next_byte() if payload else 0
        if not payload or crc16(payload) != check:
            raise Refusal(f"Bad frame after byte {len(self.data)}")
        self.add(payload)

    def rows(self, n: int) -> np.ndarray:
        """(n, size) int8: the input once for each inference of a batch."""
        row = np.frombuffer(bytes(self.data).ljust(self.size, b"\0"), np.int8)
        return np.repeat(row[None], n, axis=0)
