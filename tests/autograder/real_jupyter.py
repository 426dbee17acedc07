"""A real Jupyter server over a folder, on a free loopback port: with nbgrader's formgrader in a
course root, or a student's JupyterLab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "a-token-of-the-test"
HEADERS = {"Authorization": f"token {TOKEN}"}
START_S = 60
FOLDERS = ("config", "data", "runtime")
WHOLE_NOTEBOOK = "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"


@dataclass(frozen=True)
class Server:
    """Where it answers; `data` is the folder in which it keeps whom it trusts."""

    url: str
    data: Path


@contextmanager
def jupyter_server(root: Path, home: Path, python: Path = Path(sys.executable)) -> Iterator[Server]:
    """The server over `root`, ended at exit; settings, data and log stay in `home`.

    python: whose JupyterLab it is.
    """
    settings = home / "config" / WHOLE_NOTEBOOK
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')
    folders = {f"JUPYTER_{name.upper()}_DIR": str(home / name) for name in FOLDERS}
    log = home / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [python, "-m", "jupyterlab", *OPTIONS],
            cwd=root,
            env={
                **os.environ,
                **folders,
                "IPYTHONDIR": str(home / "ipython"),
                "PATH": path_of(python),
            },
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Server(_url(process, home / "runtime", log), home / "data")
    finally:
        process.terminate()
        process.wait(START_S)


OPTIONS = [
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",
    f"--IdentityProvider.token={TOKEN}",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]


def path_of(python: Path) -> str:
    """The search path of programs in which those beside `python` come first."""
    return os.pathsep.join([str(python.parent), os.environ["PATH"]])


def _url(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """What the server says of itself once it listens."""
    until = time.monotonic() + START_S
    server_file = runtime / f"jpserver-{process.pid}.json"
    while process.poll() is None and time.monotonic() < until:
        if server_file.is_file() and (text := server_file.read_text()).endswith("}"):
            return str(json.loads(text)["url"])
        time.sleep(0.05)
    raise RuntimeError(f"the Jupyter server did not start in {START_S} s:\n{log.read_text()}")
