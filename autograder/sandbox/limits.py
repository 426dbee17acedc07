"""The limits that one submission runs under."""

from __future__ import annotations

from dataclasses import dataclass

PICTURE_SHARE = 10  # a cell may show ten times as many bytes of pictures as of text


@dataclass(frozen=True)
class Limits:
    """cell_s: seconds for a cell; once a cell has used them up, every later cell of that submission
    gets `after_s`. notebook_s: seconds for all cells together. output_bytes: how much text of one
    cell's outputs is kept. memory_bytes, disk_bytes (all files that the submission writes) and
    processes are for its whole slot.
    """

    cell_s: float = 30.0
    after_s: float = 2.0
    notebook_s: float = 900.0
    output_bytes: int = 1_000_000
    memory_bytes: int = 2 << 30
    disk_bytes: int = 64 << 20
    processes: int = 64

    @property
    def shown_bytes(self) -> int:
        """How much of one cell's outputs is kept, pictures and text together."""
        return (1 + PICTURE_SHARE) * self.output_bytes
