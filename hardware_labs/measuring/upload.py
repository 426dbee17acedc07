"""Bytes into the board's input buffer, with their pace, and a way to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware_labs.board import Board
from hardware_labs.errors import Stopped
from hardware_labs.protocol.crc import MAX_PAYLOAD


@dataclass(frozen=True)
class Progress:
    """How much of an upload the board has acknowledged, and after how long."""

    sent_bytes: int
    total_bytes: int
    seconds: float

    @property
    def bytes_per_s(self) -> float:
        return self.sent_bytes / self.seconds if self.seconds > 0 else 0.0


def upload(
    board: Board,
    data: bytes,
    *,
    frame_bytes: int = MAX_PAYLOAD,
    stopped: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Loads `data` as `board.load` does; `on_progress` gets the progress after every piece.

    Raises Stopped when `stopped()` turns true, and the board is found again; BoardRefused where
    the buffer is smaller.
    """
    began = time.perf_counter()

    def tell(sent_bytes: int, total: int) -> None:
        if sent_bytes:
            on_progress(Progress(sent_bytes, total, time.perf_counter() - began))
        if stopped():
            raise Stopped(f"The upload was stopped after {sent_bytes} of {total} bytes.")

    try:
        board.load(data, tell, frame_bytes=frame_bytes)
    except Stopped:
        board.resync()
        raise
    progress = Progress(len(data), len(data), time.perf_counter() - began)
    on_progress(progress)
    return progress
