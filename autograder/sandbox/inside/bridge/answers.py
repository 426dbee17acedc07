"""The submission's end of the bridge: it answers what the tester asks about the user's names.

It runs inside the process of the submission, where hostile code can replace it, so no mark depends
on it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from autograder.sandbox.inside.bridge.connection import Connection
from autograder.sandbox.inside.bridge.exceptions import ConnectionLost
from autograder.sandbox.inside.bridge.submission_names import SubmissionNames


class AnswerServer:
    """The answers of one submission. The objects that it handed out stay from test to test."""

    def __init__(self, names: dict[str, Any]):
        self._connection = Connection(parity=1, names=SubmissionNames(names))

    def serve(self, sock: socket.socket, note_begin: Callable[[], object] = lambda: None) -> None:
        """Answers until the tester says stop, or closes the connection.

        note_begin: called each time that the test begins.
        """
        self._connection.note_begin = note_begin
        self._connection.sock = sock
        try:
            self._connection.serve()
        except ConnectionLost:
            return
        finally:
            self._connection.sock = None
