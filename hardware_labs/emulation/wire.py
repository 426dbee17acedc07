"""The far end of an emulated board's port: a pseudo-terminal, a socket, or a list of bytes."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from typing import Protocol

FOREVER = None


class Wire(Protocol):
    """What the emulator reads from and writes to. `port` is what a host opens to reach it."""

    port: str

    def read(self, timeout_s: float | None) -> bytes:
        """Bytes from the host, b"" after the timeout. Raises EOFError when no more can come."""

    def write(self, data: bytes) -> None:
        """Bytes to the host."""


class RecordedWire:
    """Plays messages to the board, each when it waits for input, and keeps what it says.

    Each time the board waits, `waits` is called first.
    """

    port = "recorded"

    def __init__(self, *messages: bytes, waits: Callable[[], None] = lambda: None) -> None:
        self._left = list(messages)
        self._waits = waits
        self.said = bytearray()

    def read(self, timeout_s: float | None) -> bytes:
        if timeout_s is not FOREVER:
            return b""
        self._waits()
        if not self._left:
            raise EOFError
        return self._left.pop(0)

    def write(self, data: bytes) -> None:
        self.said += data


class PtyWire:
    """A pseudo-terminal. The board keeps its host side open too, so that hosts can come and go."""

    def __init__(self) -> None:
        import tty

        self._board_end, self._host_end = os.openpty()
        tty.setraw(self._host_end)
        self.port = os.ttyname(self._host_end)

    def read(self, timeout_s: float | None) -> bytes:
        ready, _, _ = select.select([self._board_end], [], [], timeout_s)
        return os.read(self._board_end, 4096) if ready else b""

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._board_end, data) :]


class SocketWire:
    """A TCP port on this machine, where there are no pseudo-terminals. One host at a time."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._host: socket.socket | None = None
        self.port = f"socket://127.0.0.1:{self._server.getsockname()[1]}"

    def read(self, timeout_s: float | None) -> bytes:
        while True:
            source = self._host or self._server
            if not select.select([source], [], [], timeout_s)[0]:
                return b""
            if self._host is None:
                self._host, _ = self._server.accept()
                continue
            data = self._receive(self._host)
            if data:
                return data
            self._drop()

    def write(self, data: bytes) -> None:
        if self._host is not None:
            try:
                self._host.sendall(data)
            except OSError:
                self._drop()

    def _receive(self, host: socket.socket) -> bytes:
        try:
            return host.recv(4096)
        except OSError:
            return b""

    def _drop(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host = None
