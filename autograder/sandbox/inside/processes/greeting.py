"""The first words of a slot or a tester: who it is, and the files that lie in its home.

`greet` is called behind the inner wall, before anything of a submission runs, so what it says can
be believed: the handle (pidfd) by which this process is interrupted.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from autograder.sandbox.inside.bridge import framing

PLENTY = 256 << 20  # bytes of files that may lie in a home


def greet(talk: socket.socket) -> None:
    """Send the handle of this process, receive the files and lay them out in the home."""
    handle = os.pidfd_open(os.getpid())
    framing.send_with_fds(talk, {"hello": os.getpid()}, [handle])
    os.close(handle)
    laid, contents = framing.receive(talk, PLENTY)
    for name, data in zip(laid["files"], contents, strict=True):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def silence() -> None:
    """From here on a stranger's code may run: it must not fill our log."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
