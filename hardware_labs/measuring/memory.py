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
    board_fields = fields(board.ask("info"), "info") | fields(board.ask("mem", PATIENCE_S), "mem")
    flash, ram = _bytes(board_fields, "flash_bytes"), _bytes(board_fields, "ram_bytes")
    static = _bytes(board_fields, "ram_used")
    return (
        Share("flash", _bytes(board_fields, "flash_used"), flash),
        Share("RAM", static, ram),
        Share("stack", _bytes(board_fields, "stack_peak"), ram - static),
    )


def _bytes(board_fields: dict[str, str], key: str) -> int:
    text = board_fields.get(key, "")
    if not (text.isascii() and text.isdigit()):
        value_text = repr(text) if text else "nothing"
        raise BoardRefused(f"The bars need '{key}' in bytes from the board, and {value_text} came.")
    return int(text)
