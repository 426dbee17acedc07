"""A link to an emulated board of one's own: opening it plugs the board in, closing it ends it.

A forked process that uses the link gets a fresh board, as two programs on a desk would have two
boards: the bytes of one must never answer the other.
"""

from __future__ import annotations

import os

from hardware_labs.boards import BoardKind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.protocol.dialogue import Dialogue
from hardware_labs.transports.conversation import run
from hardware_labs.transports.serial_port import SerialLink


class EmulatedLink:
    """As a SerialLink; `unplug` pulls the cable."""

    def __init__(self, kind: BoardKind, fast: bool = False, ram_bytes: int | None = None) -> None:
        self._kind, self.fast, self._ram_bytes = kind, fast, ram_bytes
        self._plug_in()

    @property
    def name(self) -> str:
        return self._serial.name

    @property
    def closed(self) -> bool:
        return self._serial.closed

    @property
    def sent_bytes(self) -> int:
        return self._serial.sent_bytes

    @property
    def received_bytes(self) -> int:
        return self._serial.received_bytes

    def write(self, data: bytes) -> None:
        self._mine().write(data)

    def read(self, timeout_s: float) -> bytes:
        return self._mine().read(timeout_s)

    @property
    def baud(self) -> int:
        return self._serial.baud

    def unplug(self) -> None:
        """The board is gone; whoever reads or writes next finds out."""
        self._board.close()

    def close(self) -> None:
        self._serial.close()
        self._board.close()

    def _plug_in(self) -> None:
        self._board = EmulatedBoard(self._kind, fast=self.fast, ram_bytes=self._ram_bytes)
        self._serial = SerialLink(self._board.port, self._kind.baud)
        self._process = os.getpid()

    def _mine(self) -> SerialLink:
        if self._process != os.getpid() and not self._serial.closed:
            self.close()
            self._plug_in()
            run(Dialogue(self.name).resync(), self._serial)
        return self._serial
