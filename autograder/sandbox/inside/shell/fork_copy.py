"""A forked copy of the submission, for one hidden test after all cells have run.

The test runs in it, or in the tester, whose questions the copy answers. Nothing else of the
submission sees what the test does there. A copy in which the test runs can lie about the result;
`fork_verdict` decides what of it is believed.
"""

from __future__ import annotations

import os
import random
import signal
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.shell import pristine
from autograder.sandbox.inside.shell.shared_state import has_threads, shared_state

Output = dict[str, Any]
RunCell = Callable[[str, str, int], list[Output]]  # text, name of the cell, max_bytes -> outputs
Serve = Callable[[socket.socket, Callable[[], object]], object]


def fork_for_test(peer: socket.socket, run: RunCell, serve: Serve) -> None:
    """Fork; the copy waits on `peer` for a test, which it runs with `run`, or for the socket of a
    tester, which it answers with `serve`; then it ends."""
    state = random.getstate()  # a fork would get another: `random` seeds itself anew in it
    before, threads = shared_state(), has_threads()
    if os.fork():
        return
    try:
        random.setstate(state)
        _wait_for_test(peer, run, serve, lambda: threads or shared_state() != before)
    finally:
        os._exit(0)


def _wait_for_test(
    peer: socket.socket, run: RunCell, serve: Serve, has_changed: Callable[[], bool]
) -> None:
    request, _, links = framing.receive_with_fds(peer)
    if "serve_s" not in request:
        _run_test(peer, request, run)
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    start_alarm = partial(signal.setitimer, signal.ITIMER_REAL, request["serve_s"])
    start_alarm()
    framing.send(peer, {"changed": has_changed()})
    with socket.socket(fileno=links[0]) as tester:
        serve(tester, start_alarm)


def _run_test(peer: socket.socket, request: dict[str, Any], run: RunCell) -> None:
    """Run one test, after what earlier tests left for it (`prelude`); where a `stub` comes with it,
    that replaces the student's answer first."""
    pristine.restore_modules()
    if request["stub"]:
        run(request["stub"], "canary", request["most"])
    if request["prelude"]:
        run(request["prelude"], "prelude", request["most"])
    framing.send(peer, {"outputs": run(request["text"], request["id"], request["most"])})
