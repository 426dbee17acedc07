"""Flash, RAM and stack against the board's own limits, as the board tells them."""

from __future__ import annotations

from dataclasses import dataclass

from hardware_labs.board import Board
from hardware_labs.errors import BoardRefused
from hardware_labs.protocol.command_set import fields

PATIENCE_S = 15.0  # the firmware looks at every word of the stack, and an emulated one is slow


@dataclass(frozen=True)
class Share:
    """How much of one memory is used."""

    name: str
    used_bytes: int
    limit_bytes: int

    @property
    def fraction(self) -> float:
        return self.used_bytes / self.limit_bytes if self.limit_bytes > 0 else 1.0

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.used_bytes:,} of {self.limit_bytes:,} bytes ({self.fraction:.1%})"
        )


def memory(board: Board) -> tuple[Share, Share, Share]:
    """Flash, static RAM, and the deepest stack so far in the RAM that is left for it.

    Raises BoardRefused where the firmware does not tell.
    """
    told = fields(board.ask("info"), "info") | fields(board.ask("mem", PATIENCE_S), "mem")
    flash, ram = _bytes(told, "flash_bytes"), _bytes(told, "ram_bytes")
    static = _bytes(told, "ram_used")
    return (
        Share("flash", _bytes(told, "flash_used"), flash),
        Share("RAM", static, ram),
        Share("stack", _bytes(told, "stack_peak"), ram - static),
    )


def _bytes(told: dict[str, str], key: str) -> int:
    text = told.get(key, "")
    if not (text.isascii() and text.isdigit()):
        came = repr(text) if text else "nothing"
        raise BoardRefused(f"The bars need '{key}' in bytes from the board, and {came} came.")
    return int(text)
