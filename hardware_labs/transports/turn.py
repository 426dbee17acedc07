"""Whose turn it is on a board: one thread asks at a time.

A panel works in a thread of its own. A cell that asked in the middle of its stream would read the
bytes of the stream, and the panel those of the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hardware_labs.errors import BoardBusy

PATIENCE_S = 2.0  # longer than a question takes; a stream may go on without end


class Turn:
    """`with turn.hold():` around a question or a stream.

    A thread may ask in the middle of its own stream, which is over then, and holds nobody up.
    """

    def __init__(self, port: str) -> None:
        self._port = port
        self._holders: list[threading.Thread] = []
        self._news = threading.Condition()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Raises BoardBusy where another thread has the turn for more than two seconds."""
        me = threading.current_thread()
        with self._news:
            if not self._news.wait_for(lambda: not self._other_holders(me), PATIENCE_S):
                raise BoardBusy(
                    f"The board on {self._port} is in use by another thread "
                    f"({self._other_holders(me)[0].name}). If it is the panel, press Stop there or "
                    "wait; if a cell began a stream and kept it, run board.resync() in a cell."
                )
            self._holders.append(me)
        try:
            yield
        finally:
            with self._news:
                self._holders = [one for one in self._holders if one is not me]
                self._news.notify_all()

    def _other_holders(self, me: threading.Thread) -> list[threading.Thread]:
        return [one for one in self._holders if one is not me and one.is_alive()]
