"""`AsyncBoard`: the same board for an event loop, so that the notebook goes on while it is asked.

    board = await AsyncBoard.connect("emu:nano33")
    await board.infer(x)
    async for sample in board.stream(hz=100, n=500):
        print(sample.sequence, sample.values)
    await board.close()

It says and decides exactly what `Board` does. A board that hangs on the browser's machine can only
be reached this way: `await AsyncBoard.connect(panel.link)`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

import numpy as np

from hardware_labs.errors import BoardError, BoardLost
from hardware_labs.protocol.command_set import Sample
from hardware_labs.protocol.dialogue import Dialogue, Logged, Steps
from hardware_labs.protocol.inference import Inference
from hardware_labs.protocol.requests import Progress, infer, info, load, model
from hardware_labs.protocol.stated_model import StatedModel
from hardware_labs.transports.address import open_link, patience_s
from hardware_labs.transports.async_link import AsyncLink, ThreadLink
from hardware_labs.transports.conversation import run_async, stream_async

T = TypeVar("T")


class AsyncBoard:
    """An open board. One question at a time: a second one waits until the first is answered."""

    def __init__(self, link: AsyncLink) -> None:
        self.link, self.name = link, ""
        self._dialogue = Dialogue(link.name)
        self._turn = asyncio.Lock()
        self._samples: AsyncGenerator[Sample, None] | None = None

    @classmethod
    async def connect(
        cls, to: str | AsyncLink = "emu:nano33", timeout_s: float | None = None
    ) -> AsyncBoard:
        """The board at an address as `Board.connect` takes, or on an open AsyncLink."""
        link = ThreadLink(await asyncio.to_thread(open_link, to)) if isinstance(to, str) else to
        board = cls(link)
        limit_s = patience_s(to if isinstance(to, str) else "") if timeout_s is None else timeout_s
        try:
            board.name = await board._run(board._dialogue.meet(limit_s))
        except BoardError:
            await link.close()
            raise
        return board

    @property
    def port(self) -> str:
        return self.link.name

    @property
    def connected(self) -> bool:
        return not self.link.closed

    @property
    def log(self) -> deque[Logged]:
        return self._dialogue.log

    @property
    def has_marks(self) -> bool:
        """Whether its answers carry a check sum. Without, a garbled digit cannot be noticed."""
        return self._dialogue.has_marks

    async def ask(self, command: str, timeout_s: float = 2.0) -> tuple[str, ...]:
        """The lines the board answers. Raises as `Board.ask`."""
        return await self._run(self._dialogue.ask(command, timeout_s))

    async def info(self) -> dict[str, str]:
        """What the board says about itself; a board with standard firmware says name and model."""
        return await self._run(info(self._dialogue))

    async def model(self) -> StatedModel:
        """The model on the board: its name, the type and the bytes of its input, its MACs."""
        return await self._run(model(self._dialogue))

    async def ping(self) -> float:
        """Milliseconds from sending `name` to the end of its answer."""
        start = time.perf_counter()
        await self.ask("name")
        return (time.perf_counter() - start) * 1e3

    async def load(self, data: bytes, progress: Progress | None = None) -> None:
        """Puts `data` into the board's input buffer, as `Board.load`."""
        await self._run(load(self._dialogue, data, progress))

    async def infer(
        self, x: np.ndarray, n: int = 1, warmup: int = 0, timeout_s: float | None = None
    ) -> Inference:
        """Runs the model `n` times on the input `x`, of the type that `model` tells.

        Nothing is sent where it does not fit: ValueError for another type, BoardRefused for another
        size.
        """
        return await self._run(infer(self._dialogue, x, n, warmup, timeout_s))

    async def stream(self, hz: int, n: int = 0, timeout_s: float = 2.0) -> AsyncIterator[Sample]:
        """Samples as they come, as `Board.stream`. Left early, it ends with the next question."""
        await self._end_stream()
        self._need_connection()
        self._samples = stream_async(self._dialogue, self.link, hz, n, timeout_s)
        async for sample in self._samples:
            yield sample

    async def resync(self) -> int:
        """Finds the board again after noise or a lost answer; returns the lines dropped."""
        return await self._run(self._dialogue.resync())

    async def close(self) -> None:
        """Gives the port back; an emulated board that we started ends. May be called twice."""
        await self.link.close()

    async def __aenter__(self) -> AsyncBoard:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        state = "open" if self.connected else "closed"
        return f"<AsyncBoard {self.name} on {self.port}, {state}>"

    async def _run(self, steps: Steps[T]) -> T:
        async with self._turn:
            await self._end_stream()
            self._need_connection()
            return await run_async(steps, self.link)

    async def _end_stream(self) -> None:
        """subtle: Python closes a generator whose loop was left only some time later."""
        samples, self._samples = self._samples, None
        try:
            if samples is not None:
                await samples.aclose()
        except RuntimeError:  # it is waiting for its next sample in another task
            self._samples = samples
            raise BoardError(f"Somebody reads a stream from {self.port}: end its loop.") from None

    def _need_connection(self) -> None:
        if not self.connected:
            raise BoardLost(f"The board on {self.port} is closed. Connect to it again.")
