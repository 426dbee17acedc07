"""The grader's end of a slot and of a tester: it sends one request at a time, with a deadline.

A reply of a slot comes from a process that the submission controls. It is read up to a size, and
used only as outputs in the form that notebooks have.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.pool import WalledProcess
from autograder.sandbox.run_result import GraderFault

GRACE_S = 3.0  # how long an interrupted process may take to stop
START_S = 20.0
REPLY_OVERHEAD_BYTES = 4 << 20  # of a reply, besides the outputs that are kept of it
SIGNALS = {int(s): s.name for s in signal.Signals}


class ProcessEnded(Exception):
    """The submission's process is gone or had to be stopped; the sentence fragment says how."""


class DeadlinePassed(Exception):
    """The time limit was used up, and the submission stopped when it was interrupted. `reply` is
    what it then sent."""

    def __init__(self, reply: dict[str, Any]):
        super().__init__()
        self.reply = reply


class DeadlineSocket:
    """Reads and writes of `sock` until `deadline` (monotonic seconds); then TimeoutError.

    The time covers all reads and writes together, so a peer that sends a byte now and then cannot
    stretch it. What has come by the deadline is read even where this process got to it later.
    unread: bytes that an earlier read took off the socket and had no use for; `taken` is all that
    this one took, so that a message which was cut off by its deadline can be read on.
    """

    def __init__(self, sock: socket.socket, deadline: float, unread: bytes = b""):
        self.sock, self.deadline, self.unread = sock, deadline, unread
        self.taken: list[bytes] = []

    def recv(self, size: int, /) -> bytes:
        part, self.unread = self.unread[:size], self.unread[size:]
        if not part:
            self.sock.settimeout(max(0.0, self.deadline - monotonic()))
            try:
                part = self.sock.recv(size)
            except BlockingIOError:
                raise TimeoutError from None
        self.taken.append(part)
        return part

    def sendall(self, data: bytes, /) -> None:
        remaining_s = self.deadline - monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        self.sock.settimeout(remaining_s)
        self.sock.sendall(data)


class ReplyReader:
    """The messages of one peer. One whose end did not come by its deadline is read on next time."""

    def __init__(self, sock: socket.socket):
        self._sock, self._unread = sock, b""

    def read(self, limit_s: float, max_bytes: int = framing.MAX_BYTES) -> dict[str, Any]:
        """The next message. TimeoutError after `limit_s` seconds."""
        return self.read_with_blobs(limit_s, max_bytes)[0]

    def read_with_blobs(self, limit_s: float, max_bytes: int) -> tuple[dict[str, Any], list[bytes]]:
        """The next message and its blobs. TimeoutError after `limit_s` seconds."""
        reader = DeadlineSocket(self._sock, monotonic() + limit_s, self._unread)
        try:
            message, blobs = framing.receive(reader, max_bytes)
        except TimeoutError:
            self._unread = b"".join(reader.taken) + reader.unread
            raise
        self._unread = reader.unread
        return message, blobs


def _greet(opened: WalledProcess, files: Mapping[str, bytes]) -> int:
    """Receive the pidfd of a new process, and send it the files that shall lie in its home."""
    sock = DeadlineSocket(opened.talk, monotonic() + START_S)
    try:
        opened.talk.settimeout(START_S)
        _, _, (pidfd,) = framing.receive_with_fds(opened.talk, 1000)
        framing.send(sock, {"files": list(files)}, list(files.values()))
    except (EOFError, OSError, ValueError) as fault:
        reason = opened.log_tail() or os.read(opened.exit_report, 4096).decode(errors="replace")
        raise GraderFault(
            f"a process behind the inner wall did not start: {reason or fault}"
        ) from fault
    return pidfd


def _send(
    sock: socket.socket,
    message: dict[str, Any],
    descriptor: int | None,
    blobs: Sequence[bytes] = (),
) -> None:
    sock.settimeout(START_S)
    if descriptor is None:
        framing.send(sock, message, blobs)
    else:
        framing.send_with_fds(sock, message, [descriptor])


def _fault_name(name: Any) -> str:
    """The name that a slot gives its fault, if it is a name and nothing else."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) < 50 else "no word"


class SlotHandle:
    """The process in which one submission's cells run: what it is asked, and how it is stopped."""

    def __init__(self, opened: WalledProcess, files: Mapping[str, bytes], max_output_bytes: int):
        self.opened, self.program = opened, opened.program
        self.max_output_bytes = max_output_bytes
        self.killed = False
        self.exit_report: dict[str, Any] | None = None
        self._replies = ReplyReader(opened.talk)
        self.main_pidfd = _greet(opened, files)

    def close(self) -> None:
        os.close(self.main_pidfd)

    def ask(self, request: dict[str, Any], limit_s: float, descriptor: int | None = None) -> Any:
        """The reply to `request`. Raises DeadlinePassed where it was interrupted after `limit_s`
        seconds, and ProcessEnded where nothing more can be asked."""
        self.send(request, descriptor)
        return self._reply_in_time(limit_s)[0]

    def call(
        self, name: str, data: bytes, limit_s: float, most_bytes: int
    ) -> tuple[dict[str, Any], list[bytes]]:
        """The reply to a call of a function of the submission with `data`, and the bytes that it
        returned: one blob, none where it failed. Raises like `ask`."""
        request = {"do": "call", "name": name, "most_bytes": most_bytes}
        self.send({**request, "most": self.max_output_bytes}, None, [data])
        return self._reply_in_time(limit_s)

    def _reply_in_time(self, limit_s: float) -> tuple[dict[str, Any], list[bytes]]:
        try:
            return self._reply_with_blobs(limit_s)
        except TimeoutError:
            self.interrupt()
        try:
            raise DeadlinePassed(self.reply(GRACE_S))
        except TimeoutError:
            self.kill()
        raise ProcessEnded("did not stop when it was interrupted after its time limit")

    def send(
        self,
        request: dict[str, Any],
        descriptor: int | None = None,
        blobs: Sequence[bytes] = (),
    ) -> None:
        """Send a request without waiting, with the descriptor of a socket where it needs one."""
        try:
            _send(self.opened.talk, request, descriptor, blobs)
        except (OSError, EOFError) as fault:
            raise self._end() from fault

    def reply(self, limit_s: float) -> Any:
        """The next message of the slot; TimeoutError after `limit_s` seconds."""
        return self._reply_with_blobs(limit_s)[0]

    def _reply_with_blobs(self, limit_s: float) -> tuple[dict[str, Any], list[bytes]]:
        try:
            max_bytes = 4 * self.max_output_bytes + REPLY_OVERHEAD_BYTES
            reply, blobs = self._replies.read_with_blobs(limit_s, max_bytes)
        except TimeoutError:
            raise
        except ValueError as fault:
            self.kill()
            raise ProcessEnded("answered with what is no reply") from fault
        except (EOFError, OSError) as fault:
            raise self._end() from fault
        if "fault" in reply:
            raise GraderFault(f"a slot failed: {_fault_name(reply['fault'])}")
        return reply, blobs

    def out_of_memory(self) -> bool:
        """Whether one of its processes was killed for lack of memory."""
        return bool(self.opened.group and self.opened.group.oom_kills())

    def cpu_seconds(self) -> float | None:
        """What the submission has used of the processor; None where that is not counted."""
        return self.opened.group.cpu_seconds() if self.opened.group else None

    def interrupt(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.main_pidfd, signal.SIGINT)

    def kill(self) -> None:
        self.killed = True
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.opened.handle, signal.SIGKILL)

    def _end(self) -> Exception:
        """The reason why no more replies come. A SIGKILL that we did not send, and that was not for
        lack of memory, came from outside or seems to: that is a GraderFault, so the submission is
        run again."""
        if self.killed:
            return ProcessEnded("did not stop when it was interrupted after its time limit")
        report = self._read_exit_report()
        group = self.opened.group
        if group and group.oom_kills():
            return ProcessEnded(f"ended the {self.opened.program} (out of memory)")
        if report.get("signal") == signal.SIGKILL or not report:
            return GraderFault("a slot was killed")
        if "signal" in report:
            name = SIGNALS.get(report["signal"], str(report["signal"]))
            return ProcessEnded(f"ended the {self.opened.program} (a crash: {name})")
        return ProcessEnded(f"ended the {self.opened.program} (exit code {report.get('exit')})")

    def _read_exit_report(self) -> dict[str, Any]:
        """The line in which pid 1 of the slot reports how main ended; {} where it was killed."""
        if self.exit_report is None:
            ready, _, _ = select.select([self.opened.exit_report], [], [], GRACE_S)
            line = os.read(self.opened.exit_report, 4096) if ready else b""
            self.exit_report = json.loads(line.splitlines()[0]) if line.strip() else {}
        return self.exit_report


class TesterHandle:
    """The process that runs hidden tests. No code of the submission runs in it, so its verdicts are
    believed."""

    def __init__(self, opened: WalledProcess, files: Mapping[str, bytes], setup: dict[str, Any]):
        self.opened = opened
        self._replies = ReplyReader(opened.talk)
        os.close(_greet(opened, files))
        self._send({"begin": setup})

    def _send(self, message: dict[str, Any], descriptor: int | None = None) -> None:
        try:
            _send(self.opened.talk, message, descriptor)
        except (OSError, EOFError) as fault:
            raise GraderFault("a tester ended") from fault

    def start(self, message: dict[str, Any], descriptor: int) -> None:
        """Begin a test; `descriptor` is its socket to the submission."""
        self._send(message, descriptor)

    def make_values(self, statements: Sequence[Any], limit_s: float) -> None:
        """Make given values before a test's time begins; TimeoutError after `limit_s` seconds."""
        self._send({"values": statements})
        self.verdict(limit_s)

    def verdict(self, limit_s: float) -> dict[str, Any]:
        """The verdict on that test. TimeoutError where the test, or a further run of it, takes over
        `limit_s` seconds."""
        try:
            reply = self._replies.read(limit_s)
            while "again" in reply:
                reply = self._replies.read(limit_s)
        except (EOFError, ValueError, ConnectionError) as fault:
            raise GraderFault("a tester ended") from fault
        verdict: dict[str, Any] = reply["verdict"]
        return verdict
