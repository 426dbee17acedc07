"""A slot: the process in which one submission's cells run, one after the other, as it is told.

Everything here can be replaced by the submission's own code, so nothing here decides a mark: the
coordinator keeps the time, reads the outputs as a stranger's, and gets marks from the tester.
"""

from __future__ import annotations

import base64
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.shell import shell

MAX_CACHE_BYTES = 8 << 20  # bytes of ~/.cache that are worth keeping


def main(talk: socket.socket) -> None:
    """Serve requests with the warm shell until the other end closes."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serve(talk, shell.open_shell)


def serve(talk: socket.socket, open_shell: Callable[[], Any]) -> None:
    """Serve requests with the shell that `open_shell` returns until the other end closes.

    A fault that is no cell's is told in one word before this process ends of it.
    """
    try:
        _serve_requests(talk, open_shell())
    except BaseException as fault:
        framing.send(talk, {"fault": type(fault).__name__})
        raise


def _serve_requests(talk: socket.socket, shell: Any) -> None:
    while True:
        try:
            request, blobs, links = framing.receive_with_fds(talk)
        except EOFError:
            return
        except KeyboardInterrupt:
            continue
        _reply(talk, shell, request, blobs, links)


def _reply(
    talk: socket.socket, shell: Any, request: dict[str, Any], blobs: list[bytes], links: list[int]
) -> None:
    """Do what is asked; an interrupt that comes late (the cell had just ended) is spent."""
    answers: list[bytes] = []
    try:
        if request["do"] == "call":
            reply = _call(shell, request, blobs[0], answers)
        else:
            reply = _REQUESTS[request["do"]](shell, request, *links)
    except KeyboardInterrupt:
        reply = {}
    framing.send(talk, reply, answers)


def _call(shell: Any, request: dict[str, Any], data: bytes, answers: list[bytes]) -> dict[str, Any]:
    """Call a function of the submission's names with bytes; the bytes that it returns are added to
    `answers`. A large input need not become a cell's text that way."""

    def call() -> None:
        answer = shell.names[request["name"]](data)
        if not isinstance(answer, bytes) or len(answer) > request["most_bytes"]:
            raise ValueError(f"at most {request['most_bytes']:,} bytes can be answered")
        answers.append(answer)

    return _cell_reply(shell.record_call(call, request["most"]))


def _run(shell: Any, request: dict[str, Any]) -> dict[str, Any]:
    return _cell_reply(shell.run(request["text"], request["id"], request["most"]))


def _cell_reply(result: Any) -> dict[str, Any]:
    return {
        "outputs": result.outputs,
        "count": result.execution_count,
        "cut": result.cut,
        "changed": result.changed,
    }


def _serve(shell: Any, request: dict[str, Any], link: int) -> dict[str, Any]:
    """Answer a tester's questions until it hangs up; what the submission prints is an output."""
    with socket.socket(fileno=link) as peer:
        return _cell_reply(shell.serve(peer, request["most"]))


def _fork_copies(shell: Any, _request: dict[str, Any], link: int) -> dict[str, Any]:
    """Keep a copy of the submission as it is now, for a hidden test that comes at the end."""
    with socket.socket(fileno=link) as peer:
        shell.fork_for_test(peer)
    return {"held": True}


def _state(shell: Any, _request: dict[str, Any]) -> dict[str, Any]:
    return {"widgets": shell.widget_state()}


def _cache(_shell: Any, _request: dict[str, Any]) -> dict[str, Any]:
    """What ~/.cache holds, the small files first: asked of the instructor's own notebook only."""
    files = [path for path in Path.home().glob(".cache/**/*") if path.is_file()]
    contents, remaining_bytes = {}, MAX_CACHE_BYTES
    for path in sorted(files, key=lambda path: path.stat().st_size):
        remaining_bytes -= path.stat().st_size
        if remaining_bytes < 0:
            break
        contents[str(path.relative_to(Path.home()))] = base64.b64encode(path.read_bytes()).decode()
    return {"files": contents}


_REQUESTS: dict[str, Callable[..., dict[str, Any]]] = {
    "run": _run,
    "serve": _serve,
    "hold": _fork_copies,
    "state": _state,
    "cache": _cache,
}
