"""A link for an event loop: while the board is waited for, the notebook goes on.

A board that hangs on the browser's machine can only be reached so: its bytes come as messages to
the kernel, and a cell that blocks never sees them. `ThreadLink` makes such a link of any other.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from hardware_labs.errors import BoardLost
from hardware_labs.transports.link import Inner, Link


class AsyncLink(Protocol):
    """As a Link, with write, read and close to be awaited."""

    @property
    def name(self) -> str:
        """The port, as a person would type it."""

    @property
    def sent_bytes(self) -> int:
        """Since it was opened."""

    @property
    def received_bytes(self) -> int:
        """Since it was opened."""

    @property
    def closed(self) -> bool:
        """True after close(), and after the board went away."""

    async def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises BoardLost."""

    async def read(self, timeout_s: float) -> bytes:
        """What has come, b"" where nothing comes in `timeout_s`. Raises BoardLost."""

    async def close(self) -> None:
        """Gives the port back. May be called twice."""


class ThreadLink:
    """Any link as an AsyncLink: a thread of its own does the waiting, one call after the other."""

    name, closed = Inner[str](), Inner[bool]()
    sent_bytes, received_bytes = Inner[int](), Inner[int]()

    def __init__(self, link: Link) -> None:
        self.link = link
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="board")

    async def write(self, data: bytes) -> None:
        self._need_connection()
        await asyncio.get_running_loop().run_in_executor(self._thread, self.link.write, data)

    async def read(self, timeout_s: float) -> bytes:
        self._need_connection()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self.link.read, timeout_s)

    async def close(self) -> None:
        if not self.closed:
            await asyncio.get_running_loop().run_in_executor(self._thread, self.link.close)
        self._thread.shutdown(wait=False)

    def _need_connection(self) -> None:
        if self.closed:
            raise BoardLost(f"The board on {self.name} is closed. Connect to it again.")
