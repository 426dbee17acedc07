"""From an address to an open link.

/dev/ttyACM0   COM3   /dev/ttyACM0?baud=921600   a port, at 115200 baud where nothing is said
socket://host:port   rfc2217://host:port         a port across the network
emu:nano33   emu:nano33?fast                     an emulated board, which is started first
webserial:                                       a board on the browser's machine (AsyncBoard)
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from hardware_labs.boards import BoardKind, board_kind
from hardware_labs.errors import BoardMissing
from hardware_labs.transports.emulated_link import EmulatedLink
from hardware_labs.transports.serial_port import SerialLink

BAUD = 115200


@dataclass(frozen=True)
class Address:
    """A place (a port, or "emu:KIND" with its own options) and the rate of the wire there."""

    place: str
    baud: int = BAUD

    @property
    def is_emulated(self) -> bool:
        return self.place.startswith("emu:")


def parsed(address: str) -> Address:
    """The parts of `address`. Raises BoardMissing for a rate that is none."""
    place, _, query = address.partition("?")
    options, baud = [], BAUD
    for option in filter(None, query.split("&")):
        key, _, value = option.partition("=")
        if key != "baud":
            options.append(option)
        elif value.isascii() and value.isdigit() and int(value) > 0:
            baud = int(value)
        else:
            raise BoardMissing(f"'{option}' in '{address}' is no rate: write baud=115200.")
    if options and not place.startswith("emu:"):
        raise BoardMissing(f"'{address}' has the option '{options[0]}'; there is only 'baud=N'.")
    return Address("?".join(filter(None, [place, "&".join(options)])), baud)


def emulated(place: str) -> tuple[BoardKind, bool]:
    """The kind of "emu:KIND?fast", and whether it is fast: while a grader runs the notebook every
    board is, since nobody watches. Raises BoardMissing for another option."""
    name, _, option = place.removeprefix("emu:").partition("?")
    if option not in ("", "fast"):
        raise BoardMissing(
            f"'{place}' has the option '{option}'; there is only 'fast' (and 'baud=N')."
        )
    unwatched = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    return board_kind(name), option == "fast" or unwatched


def open_link(address: str) -> SerialLink | EmulatedLink:
    """An open link to the board at `address`. An emulated board starts at 115200 baud, as the real
    one; a port is opened at the rate of the address. Raises BoardMissing, BoardBusy, BoardError."""
    if address.startswith("webserial:"):
        raise BoardMissing(
            "A board on the browser's machine cannot be waited for in a cell that blocks. Connect "
            "with the panel's link:  board = await AsyncBoard.connect(panel.link)"
        )
    where = parsed(address)
    if not where.is_emulated:
        return SerialLink(where.place, where.baud)
    kind, is_fast = emulated(where.place)
    return EmulatedLink(kind, fast=is_fast)
