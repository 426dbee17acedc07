"""A link to an emulated board of one's own: opening it plugs the board in, closing it ends it.

A forked process that uses the link gets a fresh board, as two programs on a desk would have two
boards: the bytes of one must never answer the other.
"""

from __future__ import annotations

import os

from hardware_labs.boards import BoardKind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardLost
from hardware_labs.models.network import Network
from hardware_labs.protocol.dialogue import Dialogue
from hardware_labs.transports.conversation import run
from hardware_labs.transports.link import Inner
from hardware_labs.transports.serial_port import SerialLink


class EmulatedLink:
    """As a SerialLink; `unplug` pulls the cable."""

    name, baud = Inner[str](), Inner[int]()
    sent_bytes, received_bytes, closed = Inner[int](), Inner[int](), Inner[bool]()

    def __init__(
        self,
        kind: BoardKind,
        fast: bool = False,
        ram_bytes: int | None = None,
        model: Network | None = None,
    ) -> None:
        self._kind, self.fast, self._ram_bytes, self._model = kind, fast, ram_bytes, model
        self._plug_in()

    def write(self, data: bytes) -> None:
        link = self._mine()
        try:
            link.write(data)
        except BoardLost as loss:
            raise self._explained(loss) from None

    def read(self, timeout_s: float) -> bytes:
        link = self._mine()
        try:
            return link.read(timeout_s)
        except BoardLost as loss:
            raise self._explained(loss) from None

    def unplug(self) -> None:
        """The board is gone; whoever reads or writes next finds out."""
        self._board.close()

    def close(self) -> None:
        self.link.close()
        self._board.close()

    def _plug_in(self) -> None:
        self._board = EmulatedBoard(
            self._kind, model=self._model, fast=self.fast, ram_bytes=self._ram_bytes
        )
        self.link = SerialLink(self._board.port, self._kind.baud)
        self._process = os.getpid()

    def _mine(self) -> SerialLink:
        if self._process != os.getpid() and not self.link.closed:
            self.close()
            self._plug_in()
            run(Dialogue(self.name).resync(), self.link)
        return self.link

    def _explained(self, loss: BoardLost) -> BoardLost:
        """An emulated board has no plug; one that ended by itself has said why."""
        words = self._board.last_words()
        event = f"{loss.event} It said: {words}" if words else loss.event
        return BoardLost(event, "Call board.reconnect(), which starts another one.")
