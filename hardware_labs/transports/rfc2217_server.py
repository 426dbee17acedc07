"""A serial port for other programs, across the room: RFC 2217, which is telnet with port settings.

It has no password and no encryption, so it listens on this machine's loopback only; an ssh tunnel
carries it further. One program at a time, as with a cable. The telnet side is pyserial's.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hardware_labs.errors import BoardLost, BoardMissing
from hardware_labs.transports.serial_port import open_port

from serial import rfc2217  # isort: skip  (after serial_port, which says in words what is missing)

LINES = {"cts", "dsr", "ri", "cd", "dtr", "rts", "break_condition"}
NO_SUCH_LINE = {errno.ENOTTY, errno.EINVAL, errno.EOPNOTSUPP}
Say = Callable[[str], object]


class PortWithoutLines:
    """A port whose modem lines are off where it has none: a pseudo-terminal has no such wires, and
    asking it for them (TIOCMGET) is an error that pyserial's PortManager does not expect."""

    def __init__(self, port: Any) -> None:
        object.__setattr__(self, "port", port)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self.port, name)
        except OSError as error:
            if name not in LINES or error.errno not in NO_SUCH_LINE:
                raise
            return False

    def __setattr__(self, name: str, value: object) -> None:
        try:
            setattr(self.port, name, value)
        except OSError as error:
            if name not in LINES or error.errno not in NO_SUCH_LINE:
                raise


class Client:
    """The program at the other end: a thread carries what it sends to the port."""

    def __init__(self, connection: socket.socket, name: str, port: Any) -> None:
        self.name = name
        self.is_gone = False
        self._connection, self._port, self._turn = connection, port, threading.Lock()
        self._manager = rfc2217.PortManager(PortWithoutLines(port), self)
        threading.Thread(target=self._receive, name=f"client {self.name}", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Telnet bytes to the client: the manager calls this too, from the other thread."""
        with self._turn:
            try:
                self._connection.sendall(data)
            except OSError:
                self.is_gone = True

    def send(self, data: bytes) -> None:
        """What the board said."""
        if data:
            self.write(b"".join(self._manager.escape(data)))

    def close(self) -> None:
        self.is_gone = True
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _receive(self) -> None:
        try:
            while data := self._connection.recv(4096):
                self._port.write(b"".join(self._manager.filter(data)))
        except (OSError, ValueError):  # the client or the port is gone, or it is no telnet
            pass
        self.is_gone = True


def listen(number: int) -> socket.socket:
    """A door on the loopback; any free number for 0. Raises BoardMissing where it is taken."""
    try:
        listener = socket.create_server(("127.0.0.1", number))
    except OSError as error:
        raise BoardMissing(
            f"Nothing can be served on port {number} of this machine ({error.strerror}). "
            "Choose another with --port, or 0 for any that is free."
        ) from None
    listener.setblocking(False)
    return listener


def serve(device: str, baud: int, listener: socket.socket, say: Say, greeting: str = "") -> None:
    """Serves the serial port `device` until it goes away, which raises BoardLost.

    `say` is told the greeting as soon as the port is open, and then in words who comes and goes. A
    second client is turned away at once.
    """
    port, client = open_port(device, baud), None
    try:
        if greeting:
            say(greeting)
        while True:
            client = _admit(listener, client, port, say)
            data = port.read(port.in_waiting or 1)
            if client is not None:
                client.send(data)
    except OSError as error:
        raise BoardLost(f"The board on {device} went away ({error}).") from None
    finally:
        if client is not None:
            client.close()
        port.close()


def _admit(listener: socket.socket, client: Client | None, port: Any, say: Say) -> Client | None:
    if client is not None and client.is_gone:
        say(f"{client.name} left.")
        client.close()
        client = None
    try:
        connection, where = listener.accept()
    except (BlockingIOError, ConnectionError):  # nobody, or somebody who has hung up already
        return client
    connection.setblocking(True)
    name = f"{where[0]}:{where[1]}"
    if client is not None:
        say(f"{name} was turned away: {client.name} is connected.")
        connection.close()
        return client
    with suppress(OSError):  # of somebody who has hung up already: the next read says so
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client = Client(connection, name, port)
    say(f"{client.name} connected.")
    return client
