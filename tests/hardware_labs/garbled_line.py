"""A serial device behind another one that garbles what the board says, as a wrong baud does."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbled(device: str) -> Iterator[str]:
    """The name of a device on which `device` talks in junk."""
    board = os.open(device, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(board)
    near, far = os.openpty()
    tty.setraw(far)
    ends, over = {board: near, near: board}, threading.Event()

    def pass_on() -> None:
        while not over.is_set():
            for source in select.select(list(ends), [], [], 0.05)[0]:
                data = os.read(source, 4096)
                spoiled = bytes(byte ^ 0xA5 for byte in data) if source == board else data
                os.write(ends[source], spoiled)

    thread = threading.Thread(target=pass_on)
    thread.start()
    try:
        yield os.ttyname(far)
    finally:
        over.set()
        thread.join()
        for file in (board, near, far):
            os.close(file)
