"""The browser's side of Web Serial in Python: a page that holds a serial device, and may be slow,
forget messages, or send them twice. It stands in for Chromium; all of ours is real."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Callable
from contextlib import suppress

from hardware_labs.transports.web_serial import WebSerialPort


class PageDouble:
    """Passes bytes between `device` and a WebSerialPort as `serial.js` does.

    spoil(number): which pieces to send how often, 0 for a piece that is lost on the way once.
    """

    def __init__(self, device: str, spoil: Callable[[int], int] = lambda number: 1) -> None:
        self.port = WebSerialPort(self.hear)
        self.events: list[str] = []
        self.deaf = False
        self.device, self._spoil = device, spoil
        self._sent: dict[int, bytes] = {}
        self._seen: set[int] = set()
        self._file, self._session, self._openings, self._heard = -1, "", 0, 0

    def open(self, baud: int = 115200) -> None:
        self._file = os.open(self.device, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._file)
        self._openings += 1
        self._session = f"opening{self._openings}"
        self._sent, self._seen, self._heard = {}, set(), 0
        self._tell("state", state="open", detail="", baud=baud)
        threading.Thread(target=self._pump, args=(self._session,), daemon=True).start()

    def hear(self, content: dict[str, object], buffers: list[bytes]) -> None:
        """A message of the kernel."""
        event, number = str(content["event"]), content.get("number")
        self.events.append(event)
        if self.deaf or content["session"] != self._session:
            return
        if event == "write" and isinstance(number, int):
            if number not in self._seen:
                self._seen.add(number)
                with suppress(OSError):
                    os.write(self._file, buffers[0])
            self._tell("written", number=number + 1)
        elif event == "again" and isinstance(number, int):
            self._again(number)
        elif event == "heard" and isinstance(number, int):
            self._heard = number
        elif event == "close":
            self._tell("state", state="closed", detail="", baud=115200)
            self.unplug()

    def unplug(self) -> None:
        """Lets go of the device without a word."""
        self._session = ""

    def _pump(self, mine: str) -> None:
        file = self._file
        while self._session == mine:
            data = b""
            with suppress(OSError):
                if not select.select([file], [], [], 0.1)[0]:
                    self._again(self._heard)
                    continue
                data = os.read(file, 64)
            if not data:
                break
            number = len(self._sent)
            self._sent[number] = data
            for _ in range(self._spoil(number)):
                self._tell("bytes", [data], number=number)
        if self._session == mine:
            self._tell("state", state="lost", detail="", baud=115200)
        os.close(file)

    def _again(self, number: int) -> None:
        for k in range(number, len(self._sent)):
            self._tell("bytes", [self._sent[k]], number=k)

    def _tell(self, event: str, buffers: list[bytes] | None = None, **more: object) -> None:
        content = {"kind": "serial", "event": event, "session": self._session, **more}
        self.port.receive(content, buffers or [])
