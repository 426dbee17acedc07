"""A notebook run by nbclient in a Jupyter kernel, with your own rights and no wall around it.

For the instructor's own notebooks where there is no Linux to build walls with, and as the peer
whose outputs ours are compared with. Submissions are run by `run_notebook`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.notebook.cells import Notebook, grade_id
from autograder.sandbox.limits import Limits, RunResult
from autograder.settings.nbgrader_strip import node


def execute(notebook: Notebook, folder: Path, limits: Limits) -> RunResult:
    """Run all cells of `notebook` in a fresh kernel whose working folder is `folder`.

    An error in a cell does not stop the next. A cell over its limit is interrupted; a kernel that
    does not obey, or dies, ends the run, and the cells after it carry an error that says so.
    """
    start = perf_counter()
    client = _Client(node(notebook), limits)
    asyncio.run(_run(client, folder))
    return RunResult(client.nb, perf_counter() - start, tuple(client.message))


class _Client(NotebookClient):
    """nbclient with a budget of time and a cap on output."""

    def __init__(self, notebook: NotebookNode, limits: Limits):
        super().__init__(
            notebook,
            allow_errors=True,
            interrupt_on_timeout=True,
            raise_on_iopub_timeout=True,
            iopub_timeout=3,
            error_on_timeout={"ename": "TimeLimit", "evalue": "", "traceback": []},
            timeout_func=self._limit,
            kernel_manager_class=AsyncKernelManager,
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
        )
        self.limits = limits
        self.message: list[str] = []
        self.spent: dict[int, int] = {}
        self.slow: list[str] = []

    def _limit(self, _cell: NotebookNode) -> float:
        return self.limits.after_s if self.slow else self.limits.cell_s

    def output(self, outs: list[Any], msg: Any, display_id: Any, cell_index: int) -> Any:
        """Keep what fits under the cap of the cell; say once what did not."""
        left = self.limits.output_bytes - self.spent.get(cell_index, 0)
        self.spent[cell_index] = self.spent.get(cell_index, 0) + len(str(msg["content"]))
        if self.spent[cell_index] <= self.limits.output_bytes:
            return super().output(outs, msg, display_id, cell_index)
        if left > 0:
            kept = str(msg["content"].get("text", ""))[:left]
            outs.append(new_output("stream", name="stdout", text=kept + _CUT))
            self.message.append(f"cell '{_name(self.nb.cells[cell_index])}' printed too much: cut")
        return None


_CUT = "\n[the rest of this output was cut: it is longer than the grader keeps]\n"


async def _run(client: _Client, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="autograder-kernel-") as home:
        manager = client.km = _manager(home)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            await client.async_start_new_kernel(cwd=str(folder), env=_environment(home), **quiet)
            await client.async_start_new_kernel_client()
            await _run_cells(client)
            client.set_widgets_metadata()
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)


def _manager(home: str) -> AsyncKernelManager:
    manager = AsyncKernelManager(kernel_name="python3", connection_file=f"{home}/kernel.json")
    if os.name == "posix":
        manager.transport = "ipc"
        manager.ip = f"{home}/ipc"
    return manager


def _environment(home: str) -> dict[str, str]:
    ours = {
        "IPYTHONDIR": home,
        "NBGRADER_EXECUTION": "autograde",
        "OPENBLAS_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return {**os.environ, **ours}


async def _run_cells(client: _Client) -> None:
    for index, cell in enumerate(client.nb.cells):
        if cell.cell_type != "code":
            continue
        try:
            await client.async_execute_cell(cell, index)
        except CellTimeoutError:
            _stop(client, index, "did not stop when it was interrupted after its time limit")
            return
        except DeadKernelError:
            _stop(client, index, "ended the Python process (a crash, os._exit or out of memory)")
            return
        _mark_if_slow(client, cell)


def _mark_if_slow(client: _Client, cell: NotebookNode) -> None:
    reply = client.task_poll_for_reply.result() if client.task_poll_for_reply else None
    if reply and reply["content"].get("ename") == "TimeLimit":
        limit = client._limit(cell)
        sentence = f"cell '{_name(cell)}' was stopped after {limit:g} s"
        if not client.slow:
            client.message.append(sentence)
        client.slow.append(_name(cell))
        cell.outputs.append(_error("TimeLimit", f"stopped after {limit:g} s"))


def _stop(client: _Client, index: int, what: str) -> None:
    """The kernel is gone: say it at the cell that did it, and at each graded cell after it."""
    culprit = _name(client.nb.cells[index])
    client.message.append(f"cell '{culprit}' {what}; the cells after it were not run")
    for cell in client.nb.cells[index:]:
        if cell.cell_type == "code":
            cell.outputs.append(_error("NotRun", f"not run: cell '{culprit}' {what}"))


def _error(name: str, value: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=value, traceback=[f"{name}: {value}"])


def _name(cell: NotebookNode) -> str:
    return grade_id(cell) or str(cell.get("id", ""))
