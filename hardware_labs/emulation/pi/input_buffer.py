"""The model's input, as it is loaded: in hexadecimal, or in binary frames."""

from __future__ import annotations

from collections.abc import Callable

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
        return len(self.data) == self._expected

    def expect(self, n: int) -> None:
        """Empties the buffer for `n` bytes. Raises Refusal."""
        if not 1 <= n <= self.size:
            raise Refusal(f"The buffer holds 1 to {self.size} bytes")
        self._expected, self.data = n, bytearray()

    def add(self, data: bytes) -> None:
        """Takes what was announced, and no more."""
        self.data += data[: self._expected - len(self.data)]

    def add_hex(self, text: str) -> None:
        """Takes hexadecimal digits. Raises Refusal."""
        try:
            self.add(bytes.fromhex(text))
        except ValueError:
            raise Refusal(f"Not hexadecimal: {text}") from None

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
