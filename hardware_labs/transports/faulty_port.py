"""A serial device whose wire is another: faulty, cut, or with a baud rate that does not fit.

A pseudo-terminal stands in front of a link to the board, and a thread carries the bytes. A host
opens it like any port. Linux and macOS only: Windows has no pseudo-terminals.
"""

from __future__ import annotations

import os
import select
import termios
import threading
import tty

from hardware_labs.errors import BoardError, BoardLost
from hardware_labs.transports.line_rate import received
from hardware_labs.transports.link import Link

POLL_S = 0.005
CLOSE_S = 5.0
RATES = {getattr(termios, name): int(name[1:]) for name in dir(termios) if name[1:].isdigit()}
SPEEDS = {rate: speed for speed, rate in RATES.items()}


class FaultyPort:
    """`with FaultyPort(FaultyLink(link, rng, drop=0.01)) as port: Board.connect(port.name)`.

    The host's own baud rate is read from the terminal: where it is not `baud`, each end receives
    what its rate makes of the bits that the other sent. The end of `link` is the end of the port.
    Raises BoardError for a rate that a terminal has not.
    """

    def __init__(self, link: Link, baud: int = 115200) -> None:
        if baud not in SPEEDS:
            speeds = ", ".join(map(str, sorted(SPEEDS)[1:]))
            raise BoardError(f"A terminal cannot be set to {baud} baud. It can to: {speeds}.")
        self.link, self.baud, self._late = link, baud, b""
        self._board_end, self._host_end = os.openpty()
        os.set_blocking(self._board_end, False)  # a host that does not read must not hold us
        tty.setraw(self._host_end)
        self._set_speed(baud)
        self.name = os.ttyname(self._host_end)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._carry, name=f"wire {self.name}", daemon=True)
        self._thread.start()

    @property
    def host_baud(self) -> int:
        """The rate the host has opened the port with."""
        return RATES.get(termios.tcgetattr(self._board_end)[5], 0)

    def close(self) -> None:
        """Pulls the cable; `link` is closed too. May be called twice."""
        self._stopped.set()
        self._thread.join(CLOSE_S)

    def __enter__(self) -> FaultyPort:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _set_speed(self, baud: int) -> None:
        attributes = termios.tcgetattr(self._host_end)
        attributes[4] = attributes[5] = SPEEDS[baud]
        termios.tcsetattr(self._host_end, termios.TCSANOW, attributes)

    def _carry(self) -> None:
        try:
            while not self._stopped.is_set():
                self._to_board()
                self._to_host()
        except BoardLost:
            pass
        finally:
            self.link.close()
            os.close(self._host_end)
            os.close(self._board_end)

    def _to_board(self) -> None:
        if select.select([self._board_end], [], [], 0)[0]:
            data = os.read(self._board_end, 4096)
            self.link.write(received(data, self.host_baud, self.baud))

    def _to_host(self) -> None:
        """What the terminal does not take now is kept, and nothing more is read until it does."""
        data = self._late or received(self.link.read(POLL_S), self.baud, self.host_baud)
        try:
            self._late = data[os.write(self._board_end, data) :]
        except BlockingIOError:
            self._late = data
            self._stopped.wait(POLL_S)
