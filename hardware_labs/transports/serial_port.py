"""Serial ports: the only file that opens one with pyserial.

A port is opened for one program at a time; who holds it is named. `/dev/...`, `COM3`, `socket://`
and `rfc2217://` addresses work alike, and so do the ports of emulated boards.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hardware_labs.boards import kind_of_usb, similar_kind
from hardware_labs.emulation import registry
from hardware_labs.errors import (
    BoardBusy,
    BoardError,
    BoardLost,
    BoardMissing,
    missing_library,
)
from hardware_labs.port_access import access_fix, look_at_access

POLL_S = 0.05
SOCKET = re.compile(r"socket://[^/]+:\d+(/.*)?")

try:
    import serial
    from serial import rfc2217
    from serial.tools import list_ports
except ImportError as error:
    raise missing_library("pyserial", "A serial port", error) from None


@dataclass(frozen=True)
class Port:
    """A port somebody could open. `serial_number` finds the same board again after a replug."""

    port: str
    board: str
    detail: str
    serial_number: str = ""


class TelnetPort(rfc2217.Serial):
    """pyserial's client of RFC 2217. subtle: where the server has hung up, pyserial's own close
    leaves the socket open."""

    def close(self) -> None:
        connection = self._socket
        super().close()
        if connection is not None:
            connection.close()


class SerialLink:
    """An open port, exclusively ours until it is closed."""

    def __init__(self, port: str, baud: int = 115200) -> None:
        self.name = port
        self.sent_bytes = self.received_bytes = 0
        self._serial = open_port(port, baud)
        self._keeps_timeout = port.startswith("rfc2217://")

    @property
    def closed(self) -> bool:
        return not self._serial.is_open

    @property
    def baud(self) -> int:
        return int(self._serial.baudrate)

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
            self.sent_bytes += len(data)
        except OSError as error:
            raise self._loss(error) from None

    def read(self, timeout_s: float) -> bytes:
        try:
            data = self._first_byte(timeout_s)
            if data:
                data += self._serial.read(self._serial.in_waiting)
            self.received_bytes += len(data)
            return data
        except (OSError, TypeError) as error:  # pyserial raises TypeError when closed in a read
            raise self._loss(error) from None

    def close(self) -> None:
        self._serial.close()

    def _first_byte(self, timeout_s: float) -> bytes:
        """subtle: over RFC 2217 pyserial takes 50 ms and more to set another timeout."""
        if timeout_s <= 0:
            return bytes(self._serial.read(self._serial.in_waiting and 1))
        if not self._keeps_timeout:
            if self._serial.timeout != timeout_s:
                self._serial.timeout = timeout_s
            return bytes(self._serial.read(1))
        data, until = b"", time.monotonic() + timeout_s
        while not data:
            data = bytes(self._serial.read(1))
            if time.monotonic() >= until:
                break
        return data

    def _loss(self, error: Exception) -> BoardLost:
        self.close()
        return BoardLost(
            f"The board on {self.name} went away ({error}).",
            "Plug it in again and call board.reconnect().",
        )


def ports() -> list[Port]:
    """The ports with something on them: physical ones as the system lists them, then emulated."""
    physical = []
    for info in list_ports.comports():
        kind = kind_of_usb(info.vid, info.pid)
        if info.vid is not None:
            board = kind.name if kind else "unknown"
            physical.append(Port(info.device, board, info.description, info.serial_number or ""))
    emulated = [
        Port(entry.port, entry.board, f"emulated by process {entry.pid}", f"emulated-{entry.pid}")
        for entry in registry.running()
    ]
    return physical + emulated


def serial_number(port: str) -> str:
    """What the board on `port` is known by on the bus, "" where nothing is known."""
    return next((info.serial_number for info in ports() if info.port == port), "")


def port_of(number: str) -> str:
    """Where the board with that serial number is now, "" where it is not."""
    return next((info.port for info in ports() if number and info.serial_number == number), "")


def open_port(port: str, baud: int = 115200) -> serial.SerialBase:
    """pyserial's own object for the port, open and ours alone. Raises BoardError and its kinds."""
    try:
        opened = _unopened(port, baud)
        if "://" not in port:
            opened.exclusive = True
        opened.open()
    except OverflowError:
        raise BoardError(f"{port} cannot be set to {baud} baud.") from None
    except (OSError, ValueError) as error:
        raise _why(port, error) from None
    return opened


def _unopened(port: str, baud: int) -> serial.SerialBase:
    if not port.startswith("rfc2217://"):
        return serial.serial_for_url(port, baudrate=baud, timeout=POLL_S, do_not_open=True)
    telnet = TelnetPort(None, baudrate=baud, timeout=POLL_S)
    telnet.port = port
    return telnet


def _why(port: str, error: Exception) -> BoardError:
    text = str(error)
    is_busy = getattr(error, "errno", None) == errno.EBUSY or "resource busy" in text.casefold()
    if is_busy or "exclusively lock" in text:
        return BoardBusy(
            f"{port} is already open{_holder(port)}. One program at a time: close the board there "
            "(board.close(), or shut that notebook's kernel down)."
        )
    if "Permission" in text or "Access is denied" in text:
        fix = access_fix(look_at_access(), port)
        return BoardError(f"{port} may not be opened by this user. {fix}")
    if port.startswith("rfc2217://"):
        return _why_not_across(port, text)
    if port.startswith("socket://") and not SOCKET.fullmatch(port):
        return BoardMissing(f"'{port}' is no address of the form socket://HOST:PORT.")
    names = ", ".join(info.port for info in ports()) or "none"
    number = getattr(error, "errno", None)
    reason = os.strerror(number) if number else text
    return BoardMissing(
        f"There is no port {port} to open ({reason}). Ports with a board: {names}. {_instead(port)}"
    )


def _instead(port: str) -> str:
    """The emulated board that an address may have meant, or one that always works."""
    meant = similar_kind(port)
    if meant:
        return f"Did you mean emu:{meant}?"
    return "Without a board, take emu:nano33."


def _why_not_across(port: str, text: str) -> BoardError:
    if "refused" in text or "timed out" in text or "not known" in text or "resolution" in text:
        return BoardMissing(
            f"Nobody answers at {port} ({text}). On the machine with the board, run: "
            "hardware-labs serve ADDRESS  and from here, an ssh tunnel: "
            "ssh -N -L 2217:127.0.0.1:2217 USER@THAT_MACHINE"
        )
    if "expected a string" in text:
        return BoardMissing(f"'{port}' is no address of the form rfc2217://HOST:PORT ({text}).")
    return BoardBusy(
        f"{port} hung up before it had agreed on a serial port ({text}). Either another program "
        "is connected there, and it serves one at a time, or it is no RFC 2217 server."
    )


def _holder(port: str, processes: Path = Path("/proc")) -> str:
    """' by process 123 (name)' where the system tells, else ''."""
    emulators = {entry.pid for entry in registry.running()}
    for process in processes.glob("[0-9]*") if sys.platform.startswith("linux") else ():
        pid = int(process.name)
        name = _name_of_holder(process, port) if pid not in emulators else ""
        if name:
            us = ", this process" if pid == os.getpid() else ""
            return f" by process {pid} ({name}{us})"
    return ""


def _open_files(process: Path) -> list[Path]:
    """What it has open and is a file; a socket or a pipe has no path that could be looked at."""
    return [fd for fd in (process / "fd").iterdir() if fd.exists()]


def _name_of_holder(process: Path, port: str) -> str:
    """The name of a process that has the port open; "" for another, and for one that ends now.

    The device itself is compared: a container has a /dev/pts/0 of its own.
    """
    try:
        device = Path(port).stat()
        holds = any(os.path.samestat(fd.stat(), device) for fd in _open_files(process))
        return (process / "comm").read_text().strip() if holds else ""
    except OSError:
        return ""
