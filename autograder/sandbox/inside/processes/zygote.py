"""The zygote: one warm Python behind the outer wall, which imports what notebooks need, and forks.

It is single-threaded, holds no secret, and runs nothing of a submission itself. Each request names
what the fork shall be (a slot, where a submission's cells run, or a tester, where hidden tests
run), its cage, and brings the sockets that it talks on.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.sandbox.inside.bridge import tester
from autograder.sandbox.inside.processes import greeting, submission
from autograder.sandbox.inside.shell import pristine, shell
from autograder.sandbox.inside.walls import jail

MAX_REQUEST_BYTES = 1 << 16  # bytes of a request: a cage and a few names


def main(number: int) -> int:
    """Serve fork requests on the socket with file descriptor `number` until its other end closes.

    The first message is {"libraries": folders for sys.path, "preload": modules to import}: no
    argument of this process, for submissions can read those.
    """
    _set_process_name("zygote")
    control = socket.socket(fileno=number)
    first = _received(control)
    if first is None:
        return 0
    job, _ = first
    sys.path[:0] = job["libraries"]
    shell.warm(figures=any(name.startswith("matplotlib") for name in job["preload"]))
    for name in job["preload"]:
        _import(name)
    pristine.save_modules()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    open_descriptors = _open_descriptors({0, 1, 2, control.fileno()})
    control.send(b"ready")
    while request := _received(control):
        parent, child = os.getpid(), os.fork()
        if child == 0:
            _become(control, parent, open_descriptors, *request)
        _answered(control, child, request[1])
    return 0


def _set_process_name(title: str) -> None:
    """What `ps` and `top` call this process and those forked from it."""
    comm = Path("/proc/self/comm")
    if comm.exists():
        comm.write_text(title)


def _import(name: str) -> None:
    """Import a module ahead of time; one that fails will fail again where a cell imports it."""
    with suppress(Exception):  # an instructor's module may raise anything
        importlib.import_module(name)


def _received(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    data, descriptors, _, _ = socket.recv_fds(control, MAX_REQUEST_BYTES, 2)
    return (json.loads(data), descriptors) if data else None


def _answered(control: socket.socket, child: int, descriptors: list[int]) -> None:
    """Tell the other end which process it is: a pidfd means the same process everywhere."""
    for descriptor in descriptors:
        os.close(descriptor)
    handle = os.pidfd_open(child)
    socket.send_fds(control, [b"forked"], [handle])
    os.close(handle)


def _open_descriptors(ours: set[int]) -> list[int]:
    """Descriptors that libraries hold open after warming (fonts)."""
    numbers = []
    for number in set(range(256)) - ours:
        with suppress(OSError):
            os.fstat(number)
            numbers.append(number)
    return numbers


def _blank(open_descriptors: list[int]) -> None:
    """Let nothing be read there, but keep the numbers taken: their owners close them some time, and
    must not close what has got the same number since."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number in open_descriptors:
        os.dup2(nothing, number)
    os.close(nothing)


def _become(
    control: socket.socket,
    parent: int,
    open_descriptors: list[int],
    request: dict[str, Any],
    descriptors: list[int],
) -> None:
    """In the fork: wait for the word to start, go behind the inner wall, run; never return."""
    code = 1
    try:
        _blank(open_descriptors)
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _set_process_name(request["fork"])
        talk, exit_report = socket.socket(fileno=descriptors[0]), descriptors[1]
        if talk.recv(1) == b"!":
            keep = [talk.fileno(), *open_descriptors]
            settings = jail.JailSettings(**request["jail"], open_descriptors=keep)
            jail.enter_jail(settings, exit_report, parent)
            greeting.greet(talk)
            greeting.silence()
            _ENTRY_POINTS[request["fork"]](talk)
        code = 0
    except BaseException:  # noqa: BLE001  (nobody is left who could be told but the log)
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


_ENTRY_POINTS: dict[str, Callable[..., None]] = {"slot": submission.main, "tester": tester.run}

if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
