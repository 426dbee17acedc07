"""A copy of the submission in which one hidden test runs, when all its cells have run.

The copy is a fork, so what the test does is seen by nobody else. It can lie; see `running.held`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.shell import pristine

Output = dict[str, Any]
Run = Callable[[str, str, int], list[Output]]  # text, name of the cell, bytes kept -> outputs


def hold(peer: socket.socket, run: Run) -> None:
    """Fork; the copy waits for a test on `peer`, runs it with `run`, and ends."""
    if os.fork():
        return
    try:
        _tried(peer, run)
    finally:
        os._exit(0)


def _tried(peer: socket.socket, run: Run) -> None:
    """Run one test, after `stub` (if any) has replaced the student's answer."""
    request, _ = framing.receive(peer)
    pristine.restore()
    if request["stub"]:
        run(request["stub"], "canary", request["most"])
    framing.send(peer, {"outputs": run(request["text"], request["id"], request["most"])})
