"""A notebook's cells in this process, without a kernel: text in, outputs out.

`warm` is called before the fork and imports what costs time later; `open_shell` is called after it.
Cells run as in ipykernel: one event loop for all, `await` at the top level, SIGINT ends a cell.
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

from autograder.sandbox.inside.bridge.answers import AnswerServer
from autograder.sandbox.inside.shell import fork_copy, inline_figures, ipython_shell, warmup
from autograder.sandbox.inside.shell.ipython_shell import CellShell
from autograder.sandbox.inside.shell.recorder import Output, Recorder
from autograder.sandbox.inside.shell.streams import MutedStreams, Streams
from autograder.sandbox.inside.shell.widgets import Widgets


@dataclass(frozen=True)
class CellResult:
    """The result of a cell. cut: its output is too long. changed: displays of earlier cells that it
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
        self._streams: Streams | MutedStreams = Streams(self._recorder)
        self._context = copy_context()
        self._new_loop()
        self._shell = _make_ipython_shell(self._recorder, self._widgets)
        self._answers = AnswerServer(self.names)

    @property
    def names(self) -> dict[str, Any]:
        """The user's namespace."""
        names: dict[str, Any] = self._shell.user_ns
        return names

    def run(self, text: str, cell_id: str, max_bytes: int) -> CellResult:
        """Run a cell and return its outputs; an error is one of them."""
        if not text.strip():
            return CellResult([], None, False)
        count = self._shell.execution_count
        return self._record(cell_id, max_bytes, count, lambda: self._run_cell(text))

    def record_call(self, call: Callable[[], Any], max_bytes: int) -> CellResult:
        """Call something and return what it printed and showed meanwhile."""

        async def work() -> None:
            call()

        return self._record("", max_bytes, None, work)

    def serve(self, peer: socket.socket, max_bytes: int) -> CellResult:
        """Answer a tester's questions on `peer` until it hangs up."""
        return self.record_call(lambda: self._answers.serve(peer), max_bytes)

    def fork_for_test(self, peer: socket.socket) -> None:
        """Fork a copy of this process for the test that comes on `peer`."""

        def run_cell(text: str, name: str, max_bytes: int) -> list[Output]:
            return self.run(text, name, max_bytes).outputs

        def serve(tester: socket.socket, note_begin: Callable[[], object]) -> None:
            if self._streams.pid != os.getpid():
                self._streams = MutedStreams()
                self._new_loop()
            answers = AnswerServer(self.names)  # the tester begins anew with each copy
            self.record_call(lambda: answers.serve(tester, note_begin), 0)

        fork_copy.fork_for_test(peer, run_cell, serve)

    def widget_state(self) -> Output | None:
        """The value for the notebook's metadata.widgets, None without widgets."""
        return self._widgets.state()

    def _record(self, cell_id: str, max_bytes: int, count: int | None, work: Any) -> CellResult:
        self._renew_after_fork()
        self._streams.discard()
        self._context.run(self._recorder.begin, cell_id, max_bytes)
        with _interruptible():
            try:
                task = self._loop.create_task(work(), context=self._context)
                self._loop.run_until_complete(task)
            except BaseException:  # noqa: BLE001  (whatever it is, it is the cell's own)
                self._shell.showtraceback()
        self._streams.flush_both()
        cell = self._recorder.end()
        with _interruptible(), suppress(BaseException):
            self._loop.run_until_complete(_let_tasks_settle())
            self._widgets.update_output_widgets()
        counts = [out["execution_count"] for out in cell.outputs if "execution_count" in out]
        return CellResult(cell.outputs, counts[-1] if counts else count, cell.cut, cell.changed)

    def _renew_after_fork(self) -> None:
        """Make new streams and a new loop in a fork, which lacks the thread that reads the
        descriptors."""
        if self._streams.pid != os.getpid():
            self._streams = Streams(self._recorder)
            self._new_loop()

    def _new_loop(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        sys.stdout, sys.stderr = self._streams.stdout, self._streams.stderr

    async def _run_cell(self, text: str) -> None:
        """One cell, as ipykernel runs it: inside the loop whether it awaits or not."""
        shell, fault = self._shell, None
        try:
            code = shell.transform_cell(text)
        except Exception:  # noqa: BLE001  (input transformers are the notebook's own)
            code, fault = text, sys.exc_info()
        arguments = {"transformed_cell": code, "preprocessing_exc_tuple": fault}
        with _no_input():
            if not shell.should_run_async(text, **arguments):
                shell.run_cell(text, store_history=True)
                return
            running = shell.run_cell_async(text, store_history=True, **arguments)
            task = asyncio.ensure_future(running)
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
    warmup.preload_modules(_play, figures)
    warmup.format_errors_once()
    if figures:
        inline_figures.draw_once()


def _play(cells: Iterable[str]) -> None:
    shell = open_shell()
    for text in cells:
        shell.run(text, "", 1 << 20)


def open_shell() -> Shell:
    """A fresh notebook in this process: it takes descriptors 1 and 2, sys.stdout and __main__."""
    return Shell()


def _make_ipython_shell(recorder: Recorder, widgets: Widgets) -> CellShell:
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
    shell = CellShell.instance(
        recorder=recorder, comms=widgets.comms, config=config, ipython_dir=home
    )
    shell.extension_manager.load_extension("storemagic")  # type: ignore[union-attr]
    return shell


async def _let_tasks_settle() -> None:
    """Let tasks that a cell left take a step or two, as a kernel does between cells."""
    for _ in range(3):
        await asyncio.sleep(0)


@contextmanager
def _no_input() -> Iterator[None]:
    """Nobody can answer a question while a cell runs."""
    original_input, original_getpass = builtins.input, getpass_module.getpass
    builtins.input = ipython_shell.raw_input
    getpass_module.getpass = ipython_shell.getpass
    try:
        yield
    finally:
        builtins.input, getpass_module.getpass = original_input, original_getpass


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
