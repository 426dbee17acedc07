"""Carries out the steps of a dialogue over a link: once with waiting, once in an event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import TypeVar

from hardware_labs.protocol import requests
from hardware_labs.protocol.command_set import Sample
from hardware_labs.protocol.dialogue import Dialogue, Read, Send, Steps
from hardware_labs.transports.async_link import AsyncLink
from hardware_labs.transports.link import Link

T = TypeVar("T")


def run(steps: Steps[T], link: Link) -> T:
    """What `steps` return. Raises BoardLost, and whatever they raise."""
    answer: bytes | None = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = _carry_out(step, link)


def stream(
    dialogue: Dialogue, link: Link, hz: int, n: int, timeout_s: float
) -> Generator[Sample, None, None]:
    """The samples of one `stream` command as they come; leaving early stops the board."""
    steps, answer, is_over = requests.stream(dialogue, hz, n, timeout_s), None, False
    try:
        while True:
            try:
                step = steps.send(answer)
            except StopIteration:
                is_over = True
                return
            answer = _carry_out(step, link)
            if isinstance(step, Sample):
                yield step
    finally:
        if not is_over and not link.closed:
            run(dialogue.resync(), link)


async def run_async(steps: Steps[T], link: AsyncLink) -> T:
    """As `run`; the event loop goes on while the board is waited for."""
    answer: bytes | None = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = await _carry_out_async(step, link)


async def stream_async(
    dialogue: Dialogue, link: AsyncLink, hz: int, n: int, timeout_s: float
) -> AsyncGenerator[Sample, None]:
    """As `stream`; its `aclose` stops the board."""
    steps, answer, is_over = requests.stream(dialogue, hz, n, timeout_s), None, False
    try:
        while True:
            try:
                step = steps.send(answer)
            except StopIteration:
                is_over = True
                return
            answer = await _carry_out_async(step, link)
            if isinstance(step, Sample):
                yield step
    finally:
        if not is_over and not link.closed:
            await run_async(dialogue.resync(), link)


def _carry_out(step: Send | Read | Sample, link: Link) -> bytes | None:
    if isinstance(step, Send):
        link.write(step.data)
    return link.read(step.timeout_s) if isinstance(step, Read) else None


async def _carry_out_async(step: Send | Read | Sample, link: AsyncLink) -> bytes | None:
    if isinstance(step, Send):
        await link.write(step.data)
    return await link.read(step.timeout_s) if isinstance(step, Read) else None
