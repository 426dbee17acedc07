"""The submission's side of a hidden test: answers what the tester asks about the user's names.

It runs inside the process of the submission and is as little to be trusted as that; no mark
depends on it.
"""

from __future__ import annotations

import socket
from typing import Any

from autograder.sandbox.inside.bridge.connection import Link
from autograder.sandbox.inside.bridge.exceptions import LinkLost


class Answers:
    """What one submission has handed out, kept from one hidden test to the next."""

    def __init__(self, names: dict[str, Any]):
        self._link = Link(parity=1, names=names)

    def serve(self, sock: socket.socket) -> None:
        """Answers until the tester says stop, or closes the link."""
        self._link.sock = sock
        try:
            self._link.serve()
        except LinkLost:
            return
        finally:
            self._link.sock = None
