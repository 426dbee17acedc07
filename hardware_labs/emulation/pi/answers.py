"""Lines to the host, and the mark at the end of an answer: see `protocol/mark.py`."""

from __future__ import annotations

import zlib

from hardware_labs.emulation.wire import Wire
from hardware_labs.protocol.command_set import READY
from hardware_labs.protocol.mark import STAR, letters


class Answers:
    """What the agent says. `begin` and `end` stand around the answer to one command."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._crc = wire, 0

    def begin(self, command: bytes) -> None:
        """From here on the CRC-32 is that of the command and of what is said."""
        self._crc = zlib.crc32(command)

    def say(self, *lines: str) -> None:
        self._send("".join(f"{line}\r\n" for line in lines))

    def end(self, with_mark: bool) -> None:
        """The line that ends every answer."""
        self._send(READY)
        self._send(f"{STAR}{letters(self._crc)}\r\n" if with_mark else "\r\n")

    def _send(self, text: str) -> None:
        data = text.encode("latin-1", "replace")
        self._crc = zlib.crc32(data, self._crc)
        self._wire.write(data)
