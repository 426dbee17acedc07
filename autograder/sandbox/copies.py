"""The coordinator's end of a forked copy of a submission that waits for a test at the end of a run.

A copy answers the tester for one test, or for several in turn: those between which the submission
only defined new names, and which would have found the same submission each. Then a reserve waits
beside it. It is as the copy was before its first test, and forks for each test that is left where
the copy ends.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

from autograder.notebook.cells import Cell
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.job import HiddenTestPlan
from autograder.sandbox.process_handles import GRACE_S, START_S, DeadlineSocket

MAX_REPLY_BYTES = 1000


class SubmissionCopy:
    """A fork of the submission. reserve: another one, where several tests ask this one."""

    def __init__(self, peer: socket.socket, reserve: socket.socket | None = None) -> None:
        self.peer, self._reserve = peer, reserve
        self._is_reserve = False

    def serve(self, tester: int, limit_s: float) -> None:
        """Has it answer the tester on a socket, for so long. If it is gone, the tester says so."""
        request = {"serve_s": limit_s, "fork": self._is_reserve, "again": self._reserve is not None}
        self.peer.settimeout(START_S)
        with suppress(OSError, EOFError):
            framing.send_with_fds(self.peer, request, [tester])

    def has_changed(self) -> bool:
        """Whether it had other files or threads, when this test began, than where it was forked."""
        try:
            sock = DeadlineSocket(self.peer, monotonic() + GRACE_S)
            reply, _ = framing.receive(sock, MAX_REPLY_BYTES)
        except (EOFError, OSError, ValueError):
            return False
        return reply.get("changed") is True

    def end_test(self, is_lost: bool) -> None:
        """After a test: a copy that several ask waits for the next one. is_lost: it is gone."""
        if self._reserve is None:
            self.peer.close()
        elif is_lost and not self._is_reserve:
            self.peer.close()
            self.peer, self._is_reserve = self._reserve, True


class WaitingTest(NamedTuple):
    """A test that waits for the end of the run, with copies of the submission. A test of the tester
    has one for each scope in which it may be tried; one that runs in a copy has two, the first for
    the canary, where the stub will replace the answer, the second where the test counts."""

    cell: Cell
    plan: HiddenTestPlan
    limit_s: float
    copies: tuple[SubmissionCopy, ...] = ()


class CopiesEnded(Exception):
    """The submission's process ended, and with it the copies of it that tests wait for."""
