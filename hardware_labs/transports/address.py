"""From an address to an open link.

/dev/ttyACM0   COM3   /dev/ttyACM0?baud=9600   a port, at 115200 baud where nothing is said
socket://host:port   rfc2217://host:port       a port across the network
emu:nano33   emu:nano33?fast&baud=921600       an emulated board, which is started first
emu:nano33?model=kws01                         with an untrained model of MLPerf Tiny
webserial                                      a port that the page has opened (the panel only)
"""

from __future__ import annotations

from hardware_labs.emulation.options import emulated
from hardware_labs.errors import BoardMissing
from hardware_labs.models.mlperf_tiny import named_model
from hardware_labs.transports.emulated_link import EmulatedLink
from hardware_labs.transports.serial_port import SerialLink, port_of

BAUD = 115200
WEB_SERIAL = "webserial"


def is_emulated(address: str) -> bool:
    """Whether the address starts a board."""
    return address.startswith("emu:")


def patience_s(address: str) -> float:
    """How long a board may take to answer first: a bootloader waits for a second or two, and an
    emulated board starts as fast as a busy machine lets it."""
    return 30.0 if is_emulated(address) else 5.0


def place_and_baud(address: str) -> tuple[str, int]:
    """A port, and the rate behind its question mark. Raises BoardMissing for another option."""
    place, _, option = address.partition("?")
    if not option:
        return place, BAUD
    key, _, value = option.partition("=")
    if key != "baud":
        raise BoardMissing(f"'{address}' has the option '{key}'; there is only 'baud=115200'.")
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise BoardMissing(f"'{option}' in '{address}' is no rate: write baud=115200.")
    return place, int(value)


def address_now(address: str, serial_number: str) -> str:
    """Where to open the board of before again, with the same options: an address that started a
    board starts a new one, and a board that moved to another port is found by its serial number."""
    if is_emulated(address):
        return address
    place, mark, option = address.partition("?")
    return f"{port_of(serial_number) or place}{mark}{option}"


def open_link(address: str) -> SerialLink | EmulatedLink:
    """An open link to the board at `address`. Raises BoardMissing, BoardBusy or BoardError."""
    if address.partition(":")[0] == WEB_SERIAL:
        raise BoardMissing(
            "A board on the browser's machine is opened by the page. In the panel, choose 'a port "
            "of this browser' and press Connect. In code: button = BrowserPort(), show it with "
            "button.show() and press it; in the next cell: "
            "board = await AsyncBoard.connect(await button.opened())"
        )
    if is_emulated(address):
        kind, options = emulated(address)
        return EmulatedLink(kind, options.fast, options.ram_bytes, named_model(options.model))
    return SerialLink(*place_and_baud(address))
