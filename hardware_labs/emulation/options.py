"""What stands behind `emu:` in an address: the kind of board, and how it is to run."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from hardware_labs.boards import BoardKind, board_kind
from hardware_labs.errors import BoardMissing

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


@dataclass(frozen=True)
class Options:
    """`fast`: the board's clock is not held to the one on the wall. `ram_bytes`: the memory that a
    Raspberry Pi's agent may take, None for no limit.
    """

    fast: bool = False
    ram_bytes: int | None = None


def emulated(address: str) -> tuple[BoardKind, Options]:
    """The board and the options of "emu:KIND?fast" or "emu:pi?ram=64M". Raises BoardMissing.

    While a grader runs the notebook every board is fast, since nobody watches.
    """
    name, _, text = address.removeprefix("emu:").partition("?")
    kind = board_kind(name)
    words = text.split("&") if text else []
    limits = [word for word in words if word.startswith("ram=")]
    unknown = [word for word in words if word != "fast" and word not in limits]
    if unknown or (limits and kind.emulator != "agent"):
        known = "'fast' and 'ram=64M'" if kind.emulator == "agent" else "only 'fast'"
        wrong = (unknown or limits)[0]
        raise BoardMissing(f"'{address}' has the option '{wrong}'; there is {known}.")
    unwatched = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    return kind, Options("fast" in words or unwatched, _size(limits[0]) if limits else None)


def _size(option: str) -> int:
    """Bytes of "ram=64M"."""
    found = re.fullmatch(r"ram=(\d+)([KMG]?)", option)
    if found is None or int(found[1]) == 0:
        raise BoardMissing(f"'{option}' is no amount of memory: write ram=64M, ram=500K or ram=2G.")
    return int(found[1]) * UNITS[found[2]]
