"""A WebSocket on loopback whose far end is a serial device: the cable from page to board."""

from __future__ import annotations

import asyncio
import os
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler


class Bridge:
    """`device` is what the next opening gets, "" for a port that cannot be opened."""

    def __init__(self) -> None:
        self.device = ""
        self.port = 0


class Cable(WebSocketHandler):
    """One opening of the device; it ends with the device, and the device's side with it."""

    def initialize(self, bridge: Bridge) -> None:
        self.bridge, self.file = bridge, -1

    def check_origin(self, origin: str) -> bool:
        return True

    async def open(self, *args: str, **kwargs: str) -> None:
        try:
            self.file = os.open(self.bridge.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            self.close()
            return
        tty.setraw(self.file)
        await self.write_message("open")
        asyncio.get_running_loop().add_reader(self.file, self.pass_on)

    def pass_on(self) -> None:
        try:
            data = os.read(self.file, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            with suppress(WebSocketClosedError):
                self.write_message(data, binary=True)
        else:
            self.let_go()
            self.close()

    def on_message(self, message: str | bytes) -> None:
        if self.file >= 0 and isinstance(message, bytes):
            os.write(self.file, message)

    def on_close(self) -> None:
        self.let_go()

    def let_go(self) -> None:
        if self.file >= 0:
            asyncio.get_running_loop().remove_reader(self.file)
            os.close(self.file)
        self.file = -1


@contextmanager
def serial_bridge() -> Iterator[Bridge]:
    """A bridge that runs beside the test."""
    bridge, ready, over = Bridge(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = HTTPServer(Application([("/", Cable, {"bridge": bridge})]))
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        bridge.port = sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.stop()
        await server.close_all_connections()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield bridge
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
