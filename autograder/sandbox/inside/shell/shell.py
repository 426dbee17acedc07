"""A notebook's cells in this process, without a kernel: text in, outputs out.

`warm` goes before the fork and imports what costs time later; `shell` goes after it. Cells run as
in ipykernel: one event loop for all of them, `await` at the top level, SIGINT ends a cell.
"""

from __future__ import annotations

import asyncio
import builtins
import getpass as getpass_module
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from traitlets.config import Config

from autograder.sandbox.inside.bridge.answers import Answers
from autograder.sandbox.inside.shell import fork_copy, inline_figures, ipython_shell, warmup
from autograder.sandbox.inside.shell.ipython_shell import CellShell
from autograder.sandbox.inside.shell.recorder import Output, Recorder
from autograder.sandbox.inside.shell.streams import Streams
from autograder.sandbox.inside.shell.widgets import Widgets


@dataclass(frozen=True)
class Ran:
    """What a cell left. cut: its output was too long; changed: displays of earlier cells that it
    updated, each {"cell_id", "index", "data", "metadata"}."""

    outputs: list[Output]
    execution_count: int | None
    cut: bool
    changed: list[Output] = field(default_factory=list)


class Shell:
    """The cells of one submission, one after the other."""

    def __init__(self) -> None:
        self._recorder = Recorder()
        self._widgets = Widgets(self._recorder)
        self._streams = Streams(self._recorder)
        self._context = copy_context()
        self._new_loop()
        self._shell = _ipython(self._recorder, self._widgets)
        self._answers = Answers(self.names)

    @property
    def names(self) -> dict[str, Any]:
        """The user's namespace."""
        names: dict[str, Any] = self._shell.user_ns
        return names

    def run(self, text: str, cell_id: str, most_bytes: int) -> Ran:
        """Run a cell and return its outputs; an error is one of them."""
        if not text.strip():
            return Ran([], None, False)
        count = self._shell.execution_count
        return self._recorded(cell_id, most_bytes, count, lambda: self._cell(text))

    def during(self, call: Callable[[], Any], most_bytes: int) -> Ran:
        """Call something and return what it printed and showed meanwhile."""

        async def called() -> None:
            call()

        return self._recorded("", most_bytes, None, called)

    def serve(self, peer: socket.socket, most_bytes: int) -> Ran:
        """Answer a tester's questions on `peer` until it hangs up."""
        return self.during(lambda: self._answers.serve(peer), most_bytes)

    def hold(self, peer: socket.socket) -> None:
        """Keep a copy of this process that runs the test which comes on `peer`."""
        fork_copy.hold(peer, lambda text, name, most: self.run(text, name, most).outputs)

    def widget_state(self) -> Output | None:
        """What belongs in the notebook's metadata.widgets, None without widgets."""
        return self._widgets.state()

    def _recorded(self, cell_id: str, most_bytes: int, count: int | None, work: Any) -> Ran:
        self._live_in_this_process()
        self._streams.forget()
        self._context.run(self._recorder.begin, cell_id, most_bytes)
        with _interruptible():
            try:
                task = self._loop.create_task(work(), context=self._context)
                self._loop.run_until_complete(task)
            except BaseException:  # noqa: BLE001  (whatever it is, it is the cell's own)
                self._shell.showtraceback()
        self._streams.flush_both()
        cell = self._recorder.end()
        with _interruptible(), suppress(BaseException):
            self._loop.run_until_complete(_settled())
            self._widgets.answer()
        counts = [out["execution_count"] for out in cell.outputs if "execution_count" in out]
        return Ran(cell.outputs, counts[-1] if counts else count, cell.cut, cell.changed)

    def _live_in_this_process(self) -> None:
        """A fork has neither the thread that reads the descriptors nor a loop of its own."""
        if self._streams.pid != os.getpid():
            self._streams = Streams(self._recorder)
            self._new_loop()

    def _new_loop(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        sys.stdout, sys.stderr = self._streams.stdout, self._streams.stderr

    async def _cell(self, text: str) -> None:
        """One cell, as ipykernel runs it: inside the loop whether it awaits or not."""
        shell, fault = self._shell, None
        try:
            code = shell.transform_cell(text)
        except Exception:  # noqa: BLE001  (input transformers are the notebook's own)
            code, fault = text, sys.exc_info()
        given = {"transformed_cell": code, "preprocessing_exc_tuple": fault}
        with _no_input():
            if not shell.should_run_async(text, **given):
                shell.run_cell(text, store_history=True)
                return
            task = asyncio.ensure_future(shell.run_cell_async(text, store_history=True, **given))
            result = None
            with _cancelled_by_interrupt(self._loop, task):
                try:
                    result = await task
                finally:
                    shell.events.trigger("post_execute")
                    shell.events.trigger("post_run_cell", result)


def warm(figures: bool = True) -> None:
    """Import and use, before any fork, what costs a notebook time; leave no visible state.

    figures: whether the notebooks draw any; warming that takes most of a second.
    """
    os.environ.setdefault("MPLBACKEND", inline_figures.BACKEND)
    warmup.learn(_play, figures)
    warmup.format_errors()
    if figures:
        inline_figures.heat()


def _play(cells: Iterable[str]) -> None:
    played = open_shell()
    for text in cells:
        played.run(text, "", 1 << 20)


def open_shell() -> Shell:
    """A fresh notebook in this process; its are descriptors 1 and 2, sys.stdout and __main__."""
    return Shell()


def _ipython(recorder: Recorder, widgets: Widgets) -> CellShell:
    """An IPython shell set up as a kernel sets up its own."""
    os.environ.setdefault("MPLBACKEND", inline_figures.BACKEND)
    inline_figures.forget_backend()
    home = tempfile.mkdtemp(prefix="ipython-")
    sys.argv = ipython_shell.arguments(f"{home}/kernel.json")
    if "" not in sys.path:
        sys.path.insert(0, "")
    config = Config(
        HistoryManager={"enabled": False}, IPKernelApp={"connection_file": f"{home}/kernel.json"}
    )
    made = CellShell.instance(
        recorder=recorder, comms=widgets.comms, config=config, ipython_dir=home
    )
    made.extension_manager.load_extension("storemagic")  # type: ignore[union-attr]
    return made


async def _settled() -> None:
    """Let tasks that a cell left take a step or two, as a kernel does between cells."""
    for _ in range(3):
        await asyncio.sleep(0)


@contextmanager
def _no_input() -> Iterator[None]:
    """Nobody can answer a question while a cell runs."""
    asked, secret = builtins.input, getpass_module.getpass
    builtins.input = ipython_shell.raw_input
    getpass_module.getpass = ipython_shell.getpass
    try:
        yield
    finally:
        builtins.input, getpass_module.getpass = asked, secret


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt in here; afterwards it is ignored until the next cell."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _cancelled_by_interrupt(
    loop: asyncio.AbstractEventLoop, task: asyncio.Future[Any]
) -> Iterator[None]:
    """SIGINT cancels a cell that awaits; a second one interrupts the code that does not."""

    def cancel(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        loop.call_soon_threadsafe(task.cancel)

    signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
