"""A socket with a deadline, whatever the other end does: what waits for a stranger waits no longer.

A peer that sends a byte now and then cannot stretch it: the time left covers all reads and writes.
"""

from __future__ import annotations

import socket
from time import monotonic


class Clocked:
    """Reads and writes of `sock` until `until` (monotonic seconds); then TimeoutError."""

    def __init__(self, sock: socket.socket, until: float):
        self.sock, self.until = sock, until

    def _left(self) -> None:
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)

    def recv(self, size: int, /) -> bytes:
        self._left()
        return self.sock.recv(size)

    def sendall(self, data: bytes, /) -> None:
        self._left()
        self.sock.sendall(data)
