"""The coordinator's end of a slot and of a tester: one question at a time, each with a deadline.

What a slot says is a stranger's word. It is taken only as outputs, bounded in size and brought to
the form that notebooks have.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

from autograder.sandbox.deadline_socket import Clocked
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.limits import Disturbed
from autograder.sandbox.pool import Opened

GRACE_S = 3.0  # from an interrupt to the end of patience
STARTS_S = 20.0
OVERHEAD = 4 << 20  # bytes of a reply beside what is kept of the outputs
SIGNALS = {int(s): s.name for s in signal.Signals}


class Ended(Exception):
    """The submission's process is gone or had to be stopped; the sentence fragment says how."""


class Late(Exception):
    """The time limit was used up and the submission stopped when it was interrupted. `reply` is
    what it then said."""

    def __init__(self, reply: dict[str, Any]):
        super().__init__()
        self.reply = reply


def greeted(opened: Opened, files: Mapping[str, bytes]) -> int:
    """The handle of a new process; it then has `files` in its home."""
    clocked = Clocked(opened.talk, monotonic() + STARTS_S)
    try:
        opened.talk.settimeout(STARTS_S)
        _, _, (handle,) = framing.receive_with_fds(opened.talk, 1000)
        framing.send(clocked, {"files": list(files)}, list(files.values()))
    except (EOFError, OSError, ValueError) as fault:
        said = opened.told() or os.read(opened.fate, 4096).decode(errors="replace")
        raise Disturbed(
            f"a process behind the inner wall did not start: {said or fault}"
        ) from fault
    return handle


def _sent(sock: socket.socket, message: dict[str, Any], link: int | None) -> None:
    sock.settimeout(STARTS_S)
    if link is None:
        framing.send(sock, message)
    else:
        framing.send_with_fds(sock, message, [link])


def _word(said: Any) -> str:
    """What a stranger calls its fault, if it is a name and nothing else."""
    return said if isinstance(said, str) and said.isidentifier() and len(said) < 50 else "no word"


class Slot:
    """A submission's process: what it is asked to do, and how it is stopped."""

    def __init__(self, opened: Opened, files: Mapping[str, bytes], most: int):
        self.opened, self.most = opened, most
        self.killed = False
        self.fate: dict[str, Any] | None = None
        self.main = greeted(opened, files)

    def close(self) -> None:
        os.close(self.main)

    def ask(self, request: dict[str, Any], limit_s: float, link: int | None = None) -> Any:
        """The reply to `request`. Raises Late where it was interrupted after `limit_s` seconds, and
        Ended where nothing more can be asked."""
        self.tell(request, link)
        try:
            return self.reply(limit_s)
        except TimeoutError:
            self.interrupt()
        try:
            raise Late(self.reply(GRACE_S))
        except TimeoutError:
            self.kill()
        raise Ended("did not stop when it was interrupted after its time limit")

    def tell(self, request: dict[str, Any], link: int | None = None) -> None:
        """Send a request without waiting, with the descriptor of a link where it needs one."""
        try:
            _sent(self.opened.talk, request, link)
        except (OSError, EOFError) as fault:
            raise self._ended() from fault

    def reply(self, limit_s: float) -> Any:
        """What the slot says next; TimeoutError after `limit_s` seconds."""
        try:
            clocked = Clocked(self.opened.talk, monotonic() + limit_s)
            said, _ = framing.receive(clocked, 4 * self.most + OVERHEAD)
        except TimeoutError:
            raise
        except ValueError as fault:
            self.kill()
            raise Ended("answered with what is no reply") from fault
        except (EOFError, OSError) as fault:
            raise self._ended() from fault
        if "fault" in said:
            raise Disturbed(f"a slot failed: {_word(said['fault'])}")
        return said

    def interrupt(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.main, signal.SIGINT)

    def kill(self) -> None:
        self.killed = True
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.opened.handle, signal.SIGKILL)

    def _ended(self) -> Exception:
        """Why nothing more comes. A SIGKILL that was neither ours nor for want of memory is a
        disturbance from outside, or looks like one: the submission gets another try."""
        fate = self._fate()
        group = self.opened.group
        if group and group.oom_kills():
            return Ended(f"ended the {self.opened.program} (out of memory)")
        if (not self.killed and fate.get("signal") == signal.SIGKILL) or not fate:
            return Disturbed("a slot was killed")
        if "signal" in fate:
            name = SIGNALS.get(fate["signal"], str(fate["signal"]))
            return Ended(f"ended the {self.opened.program} (a crash: {name})")
        return Ended(f"ended the {self.opened.program} (exit code {fate.get('exit')})")

    def _fate(self) -> dict[str, Any]:
        """What pid 1 of the slot reported; {} where it was killed itself."""
        if self.fate is None:
            ready, _, _ = select.select([self.opened.fate], [], [], GRACE_S)
            line = os.read(self.opened.fate, 4096) if ready else b""
            self.fate = json.loads(line.splitlines()[0]) if line.strip() else {}
        return self.fate


class Tester:
    """The process that runs hidden tests; what it says is our own word."""

    def __init__(self, opened: Opened, files: Mapping[str, bytes], given: dict[str, Any]):
        self.opened = opened
        os.close(greeted(opened, files))
        self._say({"begin": given})

    def _say(self, message: dict[str, Any], link: int | None = None) -> None:
        try:
            _sent(self.opened.talk, message, link)
        except (OSError, EOFError) as fault:
            raise Disturbed("a tester ended") from fault

    def start(self, message: dict[str, Any], link: int) -> None:
        """Begin a test that asks the submission over `link`."""
        self._say(message, link)

    def verdict(self, limit_s: float) -> dict[str, Any]:
        """What came of it; TimeoutError after `limit_s` seconds."""
        try:
            said, _ = framing.receive(Clocked(self.opened.talk, monotonic() + limit_s))
        except (EOFError, ValueError, ConnectionError) as fault:
            raise Disturbed("a tester ended") from fault
        verdict: dict[str, Any] = said["verdict"]
        return verdict
