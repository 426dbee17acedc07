"""The first process of a slot: it waits for the submission, tells how it ended, and ends with it.

In namespaces its end is the end of every process in them. Without, it adopts what the submission
leaves behind and kills it. It holds no capability, and nothing can be read from it.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

MOST_DESCRIPTORS = 1 << 20
LOOKS_S = 0.02


@contextmanager
def telling(fate: int) -> Iterator[None]:
    """What goes wrong before the submission runs is told in a sentence, and this process ends."""
    try:
        yield
    except OSError as fault:
        tell(fate, error=f"the walls of a slot could not be built: {fault}")
        os._exit(1)


def tell(fate: int, **what: Any) -> None:
    """One line of JSON."""
    with suppress(OSError):
        os.write(fate, json.dumps(what).encode() + b"\n")


def keep_only(descriptors: Sequence[int]) -> None:
    """Close every other one."""
    start = 0
    for descriptor in sorted(descriptors):
        if descriptor > start:  # subtle: an empty range closes everything
            os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, MOST_DESCRIPTORS)


def ignore_inside() -> None:
    """Drop inherited handlers: pid 1 of a namespace gets no signal from inside without one."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)


def outlive(init: int) -> NoReturn:
    """In the process above: end when init does. If this one is killed, init ends, and all the rest
    with it; then nothing is told."""
    os.waitpid(init, 0)
    os._exit(0)


def reap(main: int, began: int, fate: int) -> NoReturn:
    """As pid 1: wait for `main` and every orphan, tell the fate, end everything. `began` brings one
    byte when the submission begins; without it the fault has been told."""
    begun = os.read(began, 1)
    ended = 0
    while ended != main:
        ended, status = os.wait()
    if begun:
        _tell_end(fate, status)
    os._exit(0)


def guard(main: int, began: int, fate: int, alive: int, home: str) -> NoReturn:
    """The same without namespaces: then what is left of the submission is looked for and killed,
    and its home cleared away, also when `alive` closes because the process above is gone."""
    begun = os.read(began, 1)
    status = _status(main, alive)
    if begun and status is not None:
        _tell_end(fate, status)
    _end_the_rest(main)
    shutil.rmtree(home, ignore_errors=True)
    os._exit(0)


def _tell_end(fate: int, status: int) -> None:
    code = os.waitstatus_to_exitcode(status)
    tell(fate, **({"exit": code} if code >= 0 else {"signal": -code}))


def _status(main: int, alive: int) -> int | None:
    """How `main` ended; None where the process above ended first."""
    while not select.select([alive], [], [], LOOKS_S)[0]:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended == main:
            return status
    return None


def _end_the_rest(main: int) -> None:
    """Kill what is left of the submission. A killed process's children become ours in turn."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(main, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            for child in _children():
                os.kill(child, signal.SIGKILL)
            os.wait()


def _children() -> list[int]:
    known = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in known.read_text().split()] if known.exists() else []
