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
    tester, which it answers with `serve`; then it ends, unless it is told that more will come."""
    before, threads = shared_state(), has_threads()
    if _fork():
        return
    try:
        _wait_for_tests(peer, run, serve, lambda: threads or shared_state() != before)
    finally:
        os._exit(0)


def _fork() -> int:
    """As os.fork; a fork would have another state of `random`, which seeds itself anew in it."""
    state = random.getstate()
    child = os.fork()
    if not child:
        random.setstate(state)
    return child


def _wait_for_tests(
    peer: socket.socket, run: RunCell, serve: Serve, has_changed: Callable[[], bool]
) -> None:
    more = True
    while more:
        try:
            request, _, links = framing.receive_with_fds(peer)
        except EOFError:
            return
        if "serve_s" not in request:
            _run_test(peer, request, run)
            return
        more = request["again"]
        with socket.socket(fileno=links[0]) as tester:
            if not request["fork"] or not _fork():
                _serve_test(peer, tester, request["serve_s"], serve, has_changed)
                more = more and not request["fork"]


def _serve_test(
    peer: socket.socket,
    tester: socket.socket,
    limit_s: float,
    serve: Serve,
    has_changed: Callable[[], bool],
) -> None:
    """Answer the tester until it hangs up. Over the limit the alarm ends this process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    start_alarm = partial(signal.setitimer, signal.ITIMER_REAL, limit_s)
    start_alarm()
    framing.send(peer, {"changed": has_changed()})
    serve(tester, start_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _run_test(peer: socket.socket, request: dict[str, Any], run: RunCell) -> None:
    """Run one test, after what earlier tests left for it (`prelude`); where a `stub` comes with it,
    that replaces the student's answer first."""
    pristine.restore_modules()
    if request["stub"]:
        run(request["stub"], "canary", request["most"])
    if request["prelude"]:
        run(request["prelude"], "prelude", request["most"])
    framing.send(peer, {"outputs": run(request["text"], request["id"], request["most"])})
