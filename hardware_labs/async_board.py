"""`AsyncBoard`: the same board for an event loop, so that the notebook goes on while it is asked.

    board = await AsyncBoard.connect("emu:nano33")
    await board.infer(x)
    async for sample in board.stream(hz=100, n=500):
        print(sample.sequence, sample.values)
    await board.close()

It says and decides exactly what `Board` does. Code that talks to a board on the browser's machine
awaits it: `await AsyncBoard.connect(await button.opened())`, with a `BrowserPort` as the button.
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
from hardware_labs.protocol.crc import MAX_PAYLOAD
from hardware_labs.protocol.dialogue import Dialogue, Logged, Steps
from hardware_labs.protocol.inference import Inference
from hardware_labs.protocol.requests import OnProgress, infer, info, load, model
from hardware_labs.protocol.stated_model import StatedModel
from hardware_labs.transports.address import address_now, open_link, patience_s
from hardware_labs.transports.async_link import AsyncLink, ThreadLink
from hardware_labs.transports.conversation import run_async, stream_async
from hardware_labs.transports.emulated_link import EmulatedLink
from hardware_labs.transports.serial_port import serial_number

T = TypeVar("T")


class AsyncBoard:
    """An open board. One question at a time: a second one waits until the first is answered."""

    def __init__(self, link: AsyncLink, address: str = "") -> None:
        self.address = address
        self.link, self.name = link, ""
        self._dialogue, self._serial_number = Dialogue(link.name), ""
        self._turn = asyncio.Lock()
        self._samples: AsyncGenerator[Sample, None] | None = None

    @classmethod
    async def connect(
        cls, to: str | AsyncLink = "emu:nano33", timeout_s: float | None = None
    ) -> AsyncBoard:
        """The board at an address as `Board.connect` takes, or on an open AsyncLink."""
        board = cls(await _opened(to), to) if isinstance(to, str) else cls(to)
        await board._meet(timeout_s)
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

    async def load(
        self,
        data: bytes,
        progress: OnProgress | None = None,
        in_hex: bool = False,
        frame_bytes: int = MAX_PAYLOAD,
    ) -> None:
        """Puts `data` into the board's input buffer, as `Board.load`."""
        await self._run(load(self._dialogue, data, progress, in_hex, frame_bytes))

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
        async with self._turn:
            await self._end_stream()
            self._need_connection()
            self._samples = stream_async(self._dialogue, self.link, hz, n, timeout_s)
        async for sample in self._samples:
            yield sample

    async def resync(self) -> int:
        """Finds the board again after noise or a lost answer; returns the lines dropped."""
        return await self._run(self._dialogue.resync())

    async def reconnect(self, timeout_s: float | None = None) -> None:
        """Opens the same board again, also on another port, and keeps the log. Raises BoardError
        where it was not connected to by an address."""
        if not self.address:
            raise BoardError(
                f"The board on {self.port} was given as an open link. Open another one, and "
                "connect to that: board = await AsyncBoard.connect(link)"
            )
        await self.link.close()
        self.link = await _opened(address_now(self.address, self._serial_number))
        self._dialogue, self._samples = Dialogue(self.port, self._dialogue.log), None
        await self._meet(timeout_s)

    async def unplug(self) -> None:
        """Pulls the cable of an emulated board: the next read or write raises BoardLost."""
        if not (isinstance(self.link, ThreadLink) and isinstance(self.link.link, EmulatedLink)):
            raise BoardError("Only an emulated board can be unplugged from here. Pull the cable.")
        self.link.link.unplug()

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

    async def _meet(self, timeout_s: float | None) -> None:
        limit_s = patience_s(self.address) if timeout_s is None else timeout_s
        try:
            self.name = await self._run(self._dialogue.meet(limit_s))
            self._serial_number = serial_number(self.port)
        except BaseException:  # a cancellation too: the port must not stay open
            await self.link.close()
            raise

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
            raise BoardLost(f"The board on {self.port} is closed. Call: await board.reconnect()")


async def _opened(address: str) -> ThreadLink:
    return ThreadLink(await asyncio.to_thread(open_link, address))
