"""A slot of its own tree of processes: the cells run in the notebook's own kernel, its child.

Started behind the outer wall for one submission, it goes behind the inner wall, starts the kernel
there and serves the same requests as a slot of the zygote. It ends the way its kernel ends.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.processes import greeting, submission
from autograder.sandbox.inside.walls import jail


def main(number: int, exit_report: int, job: dict[str, Any]) -> int:
    """Serve one submission on the socket `number`; its end is reported on `exit_report`. Both are
    file descriptors.

    job: {"jail": see JailSettings, "kernel": a kernel.json, "libraries": folders for PYTHONPATH}.
    """
    talk = socket.socket(fileno=number)
    handle = os.pidfd_open(os.getpid())
    framing.send_with_fds(talk, {"started": os.getpid()}, [handle])
    os.close(handle)
    if talk.recv(1) != b"!":
        return 1
    jail.enter_jail(
        jail.JailSettings(**job["jail"], open_descriptors=[number], netlink=True), exit_report
    )
    kernel = _start_kernel(job)
    greeting.greet(talk)
    greeting.silence()
    submission.serve(talk, lambda: kernel)
    return 0


def _start_kernel(job: dict[str, Any]) -> Any:
    """The kernel; its client is imported behind the wall only, since the wall needs one thread."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # seconds of nbformat's
    from autograder.sandbox.inside.shell.notebook_kernel import NotebookKernel

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(job["libraries"])}
    kernel = NotebookKernel(job["kernel"], str(Path.cwd()), environment, _end_like)
    signal.signal(signal.SIGINT, lambda *_: kernel.interrupt())
    return kernel


def _end_like(exit_code: int) -> NoReturn:
    """End this process as the kernel ended."""
    if exit_code < 0:
        if -exit_code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-exit_code, signal.SIG_DFL)
        os.kill(os.getpid(), -exit_code)
    os._exit(exit_code)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])))
