"""A forked copy of the submission, in which one hidden test runs after all cells have run.

Nothing else sees what the test does there. The copy can lie about the result; `fork_verdict`
decides what of it is believed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.shell import pristine

Output = dict[str, Any]
RunCell = Callable[[str, str, int], list[Output]]  # text, name of the cell, max_bytes -> outputs


def fork_for_test(peer: socket.socket, run: RunCell) -> None:
    """Fork; the copy waits for a test on `peer`, runs it with `run`, and ends."""
    if os.fork():
        return
    try:
        _run_test(peer, run)
    finally:
        os._exit(0)


def _run_test(peer: socket.socket, run: RunCell) -> None:
    """Run one test, after what earlier tests left for it (`prelude`); where a `stub` comes with it,
    that replaces the student's answer first."""
    request, _ = framing.receive(peer)
    pristine.restore_modules()
    if request["stub"]:
        run(request["stub"], "canary", request["most"])
    if request["prelude"]:
        run(request["prelude"], "prelude", request["most"])
    framing.send(peer, {"outputs": run(request["text"], request["id"], request["most"])})
