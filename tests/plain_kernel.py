"""A notebook run by nbclient in a Jupyter kernel, without walls: the grader's peer."""

import asyncio
import os
import subprocess
import tempfile

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ENVIRONMENT = {
    "NBGRADER_EXECUTION": "autograde",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def run(notebook, folder, cell_s=60):
    """The notebook as it comes out; an error in a cell does not stop the next."""
    document = nbformat.v4.upgrade(nbformat.from_dict(notebook))
    with tempfile.TemporaryDirectory(prefix="plain-kernel-") as home:
        asyncio.run(_run(document, folder, home, cell_s))
    return document


async def _run(document, folder, home, cell_s):
    manager = AsyncKernelManager(kernel_name="python3", connection_file=f"{home}/kernel.json")
    manager.transport, manager.ip = "ipc", f"{home}/ipc"
    client = NotebookClient(document, km=manager, allow_errors=True, timeout=cell_s)
    await client.async_start_new_kernel(
        cwd=str(folder),
        env={**os.environ, **ENVIRONMENT, "IPYTHONDIR": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await client.async_start_new_kernel_client()
        for place, cell in enumerate(document.cells):
            if cell.cell_type == "code":
                await client.async_execute_cell(cell, place)
        client.set_widgets_metadata()
    finally:
        client.kc.stop_channels()
        await manager.shutdown_kernel(now=True)
