"""The second mode: a real ipykernel behind the same doors as the warm shell, for what needs one.

The slot forks a kernel and drives it with nbclient; both stand behind the same inner wall and talk
over sockets in its own temporary folder. When the kernel dies the slot ends with it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from functools import partial
from typing import Any

import ipykernel.kernelapp
import ipykernel.zmqshell
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import write_connection_file
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from autograder.sandbox.inside.bridge.answers import AnswerServer
from autograder.sandbox.inside.bridge.run_test import run_source
from autograder.sandbox.inside.shell import fork_copy, inline_figures
from autograder.sandbox.inside.shell.ipython_shell import arguments
from autograder.sandbox.inside.shell.recorder import CUT
from autograder.sandbox.inside.shell.shell import CellResult
from autograder.sandbox.inside.walls import syscalls

ANSWER = f"__import__({__name__!r}, fromlist=['answer']).answer()"
HOLD = f"__import__({__name__!r}, fromlist=['hold']).hold()"
DIED = 70  # exit status of a slot whose kernel is gone
_IN_KERNEL: dict[str, Any] = {}  # "side": the socket that links come from; "answers"


def open_shell() -> KernelShell:
    """A fresh kernel, forked from this process."""
    return KernelShell(tempfile.mkdtemp(prefix="kernel-"))


class KernelShell:
    """The cells of one submission, run by a kernel in another process."""

    names = None

    def __init__(self, home: str):
        file, _ = write_connection_file(
            f"{home}/kernel.json",
            transport="ipc",
            ip=f"{home}/ipc",
            key=os.urandom(16).hex().encode(),
        )
        self._side, there = socket.socketpair()
        self._kernel = os.fork()
        if self._kernel == 0:
            _become_kernel(file, there)
        there.close()
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._client = _Client(self._kernel)
        self._loop.run_until_complete(self._client.connect(file))

    def run(self, text: str, cell_id: str, most_bytes: int) -> CellResult:
        """Run a cell and return its outputs; an error is one of them."""
        if not text.strip():
            return CellResult([], None, False)
        return self._ran(cell_id, text, most_bytes, True)

    def serve(self, peer: socket.socket, most_bytes: int) -> CellResult:
        """Let the kernel answer the tester at `peer` until it hangs up."""
        socket.send_fds(self._side, [b"!"], [peer.fileno()])
        return self._ran("", ANSWER, most_bytes, False)

    def fork_for_test(self, peer: socket.socket) -> None:
        """Let the kernel keep a copy of itself that runs the test which comes on `peer`."""
        socket.send_fds(self._side, [b"!"], [peer.fileno()])
        self._ran("", HOLD, 1000, False)

    def widget_state(self) -> dict[str, Any] | None:
        """What belongs in the notebook's metadata.widgets, None without widgets."""
        self._client.set_widgets_metadata()
        state: dict[str, Any] | None = self._client.nb.metadata.get("widgets")
        return state

    def _ran(self, cell_id: str, text: str, most_bytes: int, counted: bool) -> CellResult:
        interrupt = partial(os.kill, self._kernel, signal.SIGINT)
        self._loop.add_signal_handler(signal.SIGINT, interrupt)
        try:
            work = self._client.cell(cell_id, text, most_bytes, counted)
            return self._loop.run_until_complete(work)
        except DeadKernelError:
            os._exit(DIED)
        finally:
            self._loop.remove_signal_handler(signal.SIGINT)


class _Client(NotebookClient):
    """nbclient with a cap on output, for a kernel that is a child of this process."""

    def __init__(self, kernel: int):
        empty = NotebookNode(cells=[], metadata=NotebookNode(), nbformat=4, nbformat_minor=5)
        super().__init__(empty, allow_errors=True, timeout=None)
        self._kernel = kernel
        self._left = 0
        self._cut = False
        self.changed: list[dict[str, Any]] = []
        self.reset_execution_trackers()

    async def connect(self, file: str) -> None:
        """Wait for the kernel."""
        self.kc = AsyncKernelClient(connection_file=file)
        self.kc.load_connection_file()
        self.kc.start_channels(stdin=False)
        await self.kc.wait_for_ready(timeout=60)

    async def cell(self, cell_id: str, text: str, most_bytes: int, counted: bool) -> CellResult:
        """Execute a cell, appended to a notebook that keeps the earlier ones."""
        node = NotebookNode(cell_type="code", id=cell_id, source=text, outputs=[])
        node.update(metadata=NotebookNode(), execution_count=None)
        self._left, self._cut, self.changed = most_bytes, False, []
        self.nb.cells.append(node)
        await self.async_execute_cell(node, len(self.nb.cells) - 1, store_history=counted)
        return CellResult(
            node.outputs, node.execution_count if counted else None, self._cut, self.changed
        )

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Keep what fits; say once what did not. An error is kept as long as it is short."""
        size = len(str(msg["content"]))
        if size <= self._left or (msg["msg_type"] == "error" and size <= len(CUT) + 20_000):
            self._left -= size
            return super().output(outs, msg, display_id, cell_index)
        if not self._cut:
            kept = str(msg["content"].get("text", ""))[: max(0, self._left)]
            outs.append(NotebookNode(output_type="stream", name="stdout", text=kept + CUT))
        self._left, self._cut = 0, True
        return None

    def _update_display_id(self, display_id: str, msg: Any) -> None:
        """As nbclient does, and note what changed in cells that have been handed over already."""
        super()._update_display_id(display_id, msg)
        for cell, indices in self._display_id_map.get(display_id, {}).items():
            if cell < len(self.nb.cells) - 1:
                self.changed.extend(self._now(cell, index) for index in indices)

    def _now(self, cell: int, index: int) -> dict[str, Any]:
        node, output = self.nb.cells[cell], self.nb.cells[cell].outputs[index]
        place = {"cell_id": node.id, "index": index}
        return {**place, "data": output.data, "metadata": output.metadata}

    async def _async_check_alive(self) -> None:
        if os.waitpid(self._kernel, os.WNOHANG) != (0, 0):
            raise DeadKernelError("Kernel died")


def _become_kernel(file: str, side: socket.socket) -> None:
    """In the fork: be a kernel until it ends; never return."""
    try:
        syscalls.die_with_parent()
        _IN_KERNEL["side"] = side
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        inline_figures.forget_backend()
        sys.argv = arguments(file)
        asyncio.set_event_loop(asyncio.new_event_loop())
        app = ipykernel.kernelapp.IPKernelApp.instance()
        app.initialize(["-f", file, "--HistoryManager.hist_file=:memory:"])
        app.start()
    finally:
        os._exit(0)


def answer() -> None:
    """In the kernel: answer a tester about the user's names on the link that has come."""
    answers = _IN_KERNEL.setdefault("answers", AnswerServer(InteractiveShell.instance().user_ns))
    with _link() as peer:
        answers.serve(peer)


def hold() -> None:
    """In the kernel: keep a copy of it for a test. A copy has no sockets to its client any more,
    so the test runs as plain Python, without magics."""
    names = InteractiveShell.instance().user_ns
    with _link() as peer:
        fork_copy.fork_for_test(peer, lambda text, name, _most: run_source(text, name, names)[1])


def _link() -> socket.socket:
    _, (link,), _, _ = socket.recv_fds(_IN_KERNEL["side"], 1, 1)
    return socket.socket(fileno=link)
