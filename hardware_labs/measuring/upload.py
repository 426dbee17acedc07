"""Bytes into the board's input buffer in binary frames, with their pace, and a way to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware_labs.board import Board
from hardware_labs.errors import BoardLost, BoardRefused, BoardSilent, Stopped
from hardware_labs.protocol.command_set import Event, Line, Protocol, Reply
from hardware_labs.protocol.crc import MAX_PAYLOAD, frame

PATIENCE_S = 2.0


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
    each: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Loads `data` as `board.load` does; `each` gets the progress after every frame.

    Raises Stopped when `stopped()` turns true, and the board is found again; BoardRefused where
    the buffer is smaller.
    """
    if not board.connected:
        raise BoardLost(f"The board on {board.port} is closed. Connect first.")
    pieces = [data[k : k + frame_bytes] for k in range(0, len(data), frame_bytes)]
    began, protocol, sent = time.perf_counter(), Protocol(), 0
    board.link.write(protocol.ask(f"bload {len(data)}"))
    while True:
        for event in _events(board, protocol):
            if isinstance(event, Reply):
                if event.error:
                    raise BoardRefused(f"The board refused {len(data)} bytes: {event.error}.")
                return Progress(sent, len(data), time.perf_counter() - began)
            if isinstance(event, Line) and event.text.startswith("m-ack-["):
                sent = min(len(data), sent + frame_bytes)
                each(Progress(sent, len(data), time.perf_counter() - began))
            if stopped():
                board.resync()
                raise Stopped(f"The upload was stopped after {sent} of {len(data)} bytes.")
            if isinstance(event, Line) and pieces:
                board.link.write(frame(pieces.pop(0)))


def _events(board: Board, protocol: Protocol) -> list[Event]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        events = protocol.receive(board.link.read(0.05))
        if events:
            return events
    board.resync()
    raise BoardSilent(f"The board on {board.port} stopped answering in the middle of an upload.")
