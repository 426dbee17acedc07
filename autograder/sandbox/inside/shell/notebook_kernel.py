"""A notebook's cells in its own Jupyter kernel: text in, outputs out, as from the warm shell.

The kernel is a child of this process and speaks whatever language its notebook is written in.
nbclient drives it over sockets in a temporary folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from autograder.sandbox.inside.shell.recorder import CUT
from autograder.sandbox.inside.shell.shell import CellResult

STARTS_S = 60.0
MAX_ERROR_BYTES = 20_000  # of an error that is kept although the cell has printed too much


class NotebookKernel:
    """A kernel that has started in the folder `cwd`, and the cells that it has run.

    spec: a kernel.json. environment: of the kernel. on_death: called with its exit code (negative:
    a signal) when it ends in a cell.
    """

    def __init__(
        self,
        spec: Mapping[str, Any],
        cwd: str,
        environment: Mapping[str, str],
        on_death: Callable[[int], NoReturn],
    ):
        self._on_death = on_death
        self._running = False
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
        self._loop = asyncio.new_event_loop()
        self._manager: Any = _manager(Path(self._folder.name), spec)
        self._client: Any = _Client(self._manager)
        ours = {"IPYTHONDIR": self._folder.name}
        self._loop.run_until_complete(self._client.connect(cwd, {**environment, **ours}))

    def run(self, text: str, cell_id: str, max_bytes: int) -> CellResult:
        """Run a cell and return its outputs; an error is one of them."""
        if not text.strip():
            return CellResult([], None, False)
        self._running = True
        try:
            return self._loop.run_until_complete(self._client.cell(cell_id, text, max_bytes))
        except DeadKernelError:
            self._on_death(self._loop.run_until_complete(self._manager.provisioner.wait()) or 0)
        finally:
            self._running = False

    def widget_state(self) -> dict[str, Any] | None:
        """What belongs in the notebook's metadata.widgets, None without widgets."""
        self._client.set_widgets_metadata()
        state: dict[str, Any] | None = self._client.nb.metadata.get("widgets")
        return state

    def interrupt(self) -> None:
        """Interrupt the cell that runs, from a signal handler or another thread."""
        if self._running:
            self._soon(self._manager.interrupt_kernel)

    def kill(self) -> None:
        """End the kernel, from a signal handler or another thread."""
        self._soon(self._manager.provisioner.kill)

    def _soon(self, work: Callable[[], Any]) -> None:
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(work()))

    def close(self) -> None:
        """End the kernel and clear its folder away."""
        self._client.kc.stop_channels()
        self._loop.run_until_complete(self._manager.shutdown_kernel(now=True))
        self._loop.close()
        self._folder.cleanup()


def _manager(folder: Path, spec: Mapping[str, Any]) -> AsyncKernelManager:
    """A manager that knows this kernel and no other."""
    place = folder / "kernels" / "own"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    specs = KernelSpecManager(kernel_dirs=[str(place.parent)], ensure_native_kernel=False)
    manager = AsyncKernelManager(
        kernel_name="own",
        kernel_spec_manager=specs,
        connection_file=str(folder / "kernel.json"),
    )
    if os.name == "posix":
        manager.transport = "ipc"
        manager.ip = str(folder / "ipc")
    return manager


class _Client(NotebookClient):
    """nbclient with a cap on output, one cell at a time."""

    def __init__(self, manager: AsyncKernelManager):
        empty = NotebookNode(cells=[], metadata=NotebookNode(), nbformat=4, nbformat_minor=5)
        super().__init__(empty, km=manager, allow_errors=True, timeout=None)
        self._remaining_bytes = 0
        self._cut = False
        self.changed: list[dict[str, Any]] = []
        self.reset_execution_trackers()

    async def connect(self, cwd: str, environment: Mapping[str, str]) -> None:
        """Start the kernel and wait for it."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        manager: Any = self.km
        await manager.start_kernel(cwd=cwd, env=dict(environment), **quiet)
        client: Any = manager.client()
        client.start_channels(stdin=False)
        client.allow_stdin = False
        await client.wait_for_ready(timeout=STARTS_S)
        self.kc = client

    async def cell(self, cell_id: str, text: str, max_bytes: int) -> CellResult:
        """Execute a cell, appended to a notebook that keeps the earlier ones."""
        node = NotebookNode(cell_type="code", id=cell_id, source=text, outputs=[])
        node.update(metadata=NotebookNode(), execution_count=None)
        self._remaining_bytes, self._cut, self.changed = max_bytes, False, []
        self.nb.cells.append(node)
        await self.async_execute_cell(node, len(self.nb.cells) - 1, store_history=True)
        return CellResult(node.outputs, node.execution_count, self._cut, self.changed)

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Keep what fits; say once what did not. An error is kept as long as it is short."""
        size = len(str(msg["content"]))
        short_error = msg["msg_type"] == "error" and size <= MAX_ERROR_BYTES
        if size <= self._remaining_bytes or short_error:
            self._remaining_bytes -= size
            return super().output(outs, msg, display_id, cell_index)
        if not self._cut:
            text = str(msg["content"].get("text", ""))[: max(0, self._remaining_bytes)]
            outs.append(NotebookNode(output_type="stream", name="stdout", text=text + CUT))
        self._remaining_bytes, self._cut = 0, True
        return None

    def _update_display_id(self, display_id: str, msg: Any) -> None:
        """As nbclient does, and note what changed in cells that have been handed over already."""
        super()._update_display_id(display_id, msg)
        for cell, indices in self._display_id_map.get(display_id, {}).items():
            if cell < len(self.nb.cells) - 1:
                self.changed.extend(self._display(cell, index) for index in indices)

    def _display(self, cell: int, index: int) -> dict[str, Any]:
        node, output = self.nb.cells[cell], self.nb.cells[cell].outputs[index]
        place = {"cell_id": node.id, "index": index}
        return {**place, "data": output.data, "metadata": output.metadata}
