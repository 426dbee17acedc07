"""What stands behind `emu:` in an address: the kind of board, and how it is to run."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from hardware_labs.boards import BoardKind, board_kind
from hardware_labs.errors import BoardMissing

BAUDS = (9600, 115200, 921600)
CHOICES = {
    "unicorn": {"baud": "baud=921600", "model": "model=kws01"},
    "qemu": {"model": "model=kws01"},
    "agent": {"ram": "ram=64M"},
}
LEAST_RAM_BYTES = 4 << 20  # with 1 MB a Raspberry Pi's agent could not start its threads
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


@dataclass(frozen=True)
class Options:
    """`fast`: the board's clock is not held to the one on the wall. `ram_bytes`: the memory that a
    Raspberry Pi's agent may take, None for no limit. `model`: the name of the network on the board.
    """

    fast: bool = False
    ram_bytes: int | None = None
    model: str = "digits"


def emulated(address: str) -> tuple[BoardKind, Options]:
    """The board and the options of "emu:KIND?fast&baud=921600&model=kws01" or "emu:pi?ram=64M".

    While a grader runs the notebook every board is fast, since nobody watches. Raises BoardMissing.
    """
    name, _, text = address.removeprefix("emu:").partition("?")
    kind = board_kind(name)
    options = dict(word.partition("=")[::2] for word in text.split("&") if word)
    known_options = {"fast", *CHOICES.get(kind.emulator, {})}
    for option, value in options.items():
        if option not in known_options or (option == "fast" and value):
            examples = ["fast", *CHOICES.get(kind.emulator, {}).values()]
            choices = " and ".join(f"'{example}'" for example in examples)
            raise BoardMissing(f"'{address}' has the option '{option}'; there is {choices}.")
    if "baud" in options:
        kind = replace(kind, baud=_baud(options["baud"]))
    unwatched = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    ram_bytes = _size(options["ram"]) if "ram" in options else None
    return kind, Options("fast" in options or unwatched, ram_bytes, options.get("model", "digits"))


def _baud(text: str) -> int:
    if text not in map(str, BAUDS):
        raise BoardMissing(f"'baud={text}' is not there; there is {', '.join(map(str, BAUDS))}.")
    return int(text)


def _size(text: str) -> int:
    """Bytes of "64M"."""
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    if match is None or int(match[1]) == 0:
        raise BoardMissing(
            f"'ram={text}' is no amount of memory: write ram=64M, ram=500K or ram=2G."
        )
    size = int(match[1]) * UNITS[match[2]]
    if size < LEAST_RAM_BYTES:
        raise BoardMissing(
            f"'ram={text}' is too little: the agent does not start with it. Take at least ram=4M."
        )
    return size
