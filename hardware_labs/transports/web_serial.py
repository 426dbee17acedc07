"""A board on the browser's machine: its bytes come and go through the notebook page.

The kernel may be on a hub or in Colab; the page holds the port (Web Serial) and passes bytes on as
numbered pieces, both ways. A piece that comes twice counts once, one that is missing is asked for
again. What the page sends is checked here: it is foreign input.

`WebSerialPort` stands for the page and says in words what is wrong with it; each time the page
opens a port there is a new `WebSerialLink`, so the bytes of two connections never mix. The link is
asynchronous; `blocking()` is the same link for a worker thread. A blocking read on the thread
that receives the page's messages would wait for itself.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable

from hardware_labs.errors import BoardError, BoardLost, BoardMissing
from hardware_labs.transports.link import Inner

POLL_S = 0.002
RESEND_S = 1.0
DEAD_S = 10.0
MOST_EARLY = 1000
MOST_BYTES = 1 << 20
RECENT_BYTES = 512
WORDS = {
    "ready": "No port is open. Press the button in the page, and pick the board.",
    "choosing": "The browser asks which port. Pick the board in its list.",
    "open": "The port is open.",
    "closed": "The port was given back.",
    "unsupported": "This browser has no Web Serial. Chrome, Edge and Opera on a computer have it; "
    "Safari and telephones have not. Open the notebook there, or use an emulated board.",
    "insecure": "The browser gives ports to pages over https (or localhost) only, and this page is "
    "neither. Ask for the https address of the hub, or use an emulated board.",
    "forbidden": "This notebook runs in a frame that may not use serial ports. Open it in a tab of "
    'its own; whoever embeds it can write allow="serial" on the frame. Else use an emulated '
    "board, 'emu:nano33', which runs where the kernel is.",
    "unchosen": "Nobody chose a port. Press the button again, and pick the board in the list.",
    "busy": "The browser could not open the port: another program or tab holds it, or this user "
    "may not (on Linux: sudo usermod -aG dialout $USER, then log in again). Close the other one.",
    "in_page": "This page already has that port open. Disconnect there first.",
    "lost": "The board was unplugged. Plug it in again: the port opens by itself.",
    "noise": "The bytes on the line do not have the form they should: wrong baud?",
    "failed": "The browser refused to open the port.",
}

Send = Callable[[dict[str, object], list[bytes]], None]


class InOrder:
    """Puts numbered pieces in order, each once. `wanted` is the number that must come next."""

    def __init__(self) -> None:
        self.wanted = 0
        self._early: dict[int, bytes] = {}

    def accept(self, number: int, piece: bytes) -> list[bytes]:
        """The pieces that are complete now, oldest first."""
        has_room = len(self._early) < MOST_EARLY
        if number == self.wanted or (number > self.wanted and has_room):
            self._early.setdefault(number, piece)
        ready = []
        while self.wanted in self._early:
            ready.append(self._early.pop(self.wanted))
            self.wanted += 1
        return ready

    @property
    def has_gap(self) -> bool:
        """Whether a piece came whose predecessor did not."""
        return bool(self._early)


class WebSerialLink:
    """One opening of a port by the page; after it is closed it stays closed."""

    name = "webserial"

    def __init__(self, session: str, send: Send, baud: int = 115200) -> None:
        self.session, self.baud = session, baud
        self.closed = False
        self.sent_bytes = self.received_bytes = 0
        self.recent = deque[int](maxlen=RECENT_BYTES)
        self._send, self._why = send, WORDS["closed"]
        self._inbox, self._news = bytearray(), threading.Condition()
        self._order = InOrder()
        self._unread: dict[int, tuple[bytes, float]] = {}
        self._resent_s, self._next = 0.0, 0

    async def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises BoardLost."""
        self.post(data)

    async def read(self, timeout_s: float) -> bytes:
        """What has come, b"" where nothing comes in `timeout_s`. Raises BoardLost."""
        until = time.monotonic() + timeout_s
        while not (data := self.drain_inbox()) and time.monotonic() < until:
            await asyncio.sleep(POLL_S)
        return data

    async def close(self) -> None:
        """Gives the port back. May be called twice."""
        self.hang_up()

    def blocking(self) -> BlockingWebSerialLink:
        """The same link for a worker thread, as `Board` takes it."""
        return BlockingWebSerialLink(self)

    def post(self, data: bytes) -> None:
        """Hands `data` to the page; it is kept until the page says that the port has it."""
        with self._news:
            self._need_open()
            number, self._next = self._next, self._next + 1
            self._unread[number] = (data, time.monotonic())
            self.sent_bytes += len(data)
        self._message("write", [data], number=number)

    def drain_inbox(self) -> bytes:
        """What has come so far, perhaps nothing. Raises BoardLost once that is used up."""
        self._send_again()
        with self._news:
            data = bytes(self._inbox)
            self._inbox.clear()
            if not data:
                self._need_open()
        return data

    def wait(self, timeout_s: float) -> bytes:
        """As `read`, but holds the thread."""
        until = time.monotonic() + timeout_s
        while not (data := self.drain_inbox()) and (left_s := until - time.monotonic()) > 0:
            with self._news:
                if not self._inbox and not self.closed:
                    self._news.wait(min(left_s, RESEND_S))
        return data

    def hang_up(self) -> None:
        if not self.closed:
            self._message("close", [])
            self.lose(WORDS["closed"])

    def reset(self) -> None:
        """Pulls DTR low and high again, which restarts many boards."""
        self._message("reset", [])

    def lose(self, why: str) -> None:
        """The page has no port any more; whoever reads finds out after the last bytes."""
        with self._news:
            self.closed, self._why = True, why
            self._news.notify_all()

    def receive(self, number: int, piece: bytes) -> None:
        """A piece from the page. What is missing before it is asked for again."""
        with self._news:
            for ready in self._order.accept(number, piece):
                self._inbox += ready
                self.recent.extend(ready)
                self.received_bytes += len(ready)
            next_number, gap = self._order.wanted, self._order.has_gap
            self._news.notify_all()
        self._message("again" if gap else "heard", [], number=next_number)

    def acknowledge(self, number: int) -> None:
        """The page has given all pieces before `number` to the port."""
        with self._news:
            self._unread = {k: piece for k, piece in self._unread.items() if k >= number}

    def _send_again(self) -> None:
        """Pieces that the page did not confirm; after ten seconds the page counts as gone."""
        now = time.monotonic()
        with self._news:
            oldest_s = min((since for _, since in self._unread.values()), default=now)
            late = now - max(oldest_s, self._resent_s) > RESEND_S
            again = list(self._unread.items()) if late and not self.closed else []
        if now - oldest_s > DEAD_S:
            self.lose("The page that holds the port does not answer. Was it closed or reloaded?")
        elif again:
            self._resent_s = now
            for number, (data, _) in again:
                self._message("write", [data], number=number)

    def _need_open(self) -> None:
        if self.closed:
            raise BoardLost(f"The board on the browser's machine is gone. {self._why}")

    def _message(self, event: str, buffers: list[bytes], **more: object) -> None:
        self._send({"kind": "serial", "event": event, "session": self.session, **more}, buffers)


class BlockingWebSerialLink:
    """A `Link` for a worker thread over a WebSerialLink."""

    name, closed = Inner[str](), Inner[bool]()
    sent_bytes, received_bytes = Inner[int](), Inner[int]()

    def __init__(self, link: WebSerialLink) -> None:
        self.link = link

    def write(self, data: bytes) -> None:
        self.link.post(data)

    def read(self, timeout_s: float) -> bytes:
        return self.link.wait(timeout_s)

    def reset(self) -> None:
        self.link.reset()

    def close(self) -> None:
        self.link.hang_up()


class WebSerialPort:
    """The page's side as the kernel knows it. `link` is the opening of now, None before the first.

    `on_change` is called, on the thread that receives messages, when `state` changes.
    """

    def __init__(self, send: Send, on_change: Callable[[], None] = lambda: None) -> None:
        self.state, self.detail = "ready", ""
        self.link: WebSerialLink | None = None
        self.on_change = on_change
        self._send = send

    @property
    def words(self) -> str:
        """The state in a sentence, with what the browser said where that adds something."""
        quote = f" The browser said: {self.detail}" if self.detail else ""
        return WORDS[self.state] + (quote if self.state in ("busy", "failed", "noise") else "")

    async def opened(self, timeout_s: float = 60.0) -> WebSerialLink:
        """The open link, as soon as somebody has chosen a port. Raises BoardMissing."""
        until = time.monotonic() + timeout_s
        while self.link is None or self.link.closed:
            if time.monotonic() > until:
                raise BoardMissing(
                    f"No port was opened in the browser in {timeout_s:g} s. {self.words} "
                    "(A cell that waits hears the page only with ipykernel 7 and later; with an "
                    "older one, press the button first and run this cell then.)"
                )
            await asyncio.sleep(0.02)
        return self.link

    def receive(self, content: dict[str, object], buffers: list[bytes]) -> None:
        """A message of the page. Raises BoardError for one that no page of ours would send."""
        event, session = content.get("event"), content.get("session")
        if event == "state":
            self._state(content, session)
        elif self.link is not None and session == self.link.session:
            number = _whole_number(content.get("number"))
            if event == "bytes" and sum(map(len, buffers)) <= MOST_BYTES:
                self.link.receive(number, b"".join(buffers))
            elif event == "written":
                self.link.acknowledge(number)
            else:
                raise BoardError(f"The page sent a serial message that is none: {event!r:.40}.")

    def _state(self, content: dict[str, object], session: object) -> None:
        state, detail = content.get("state"), content.get("detail", "")
        if not isinstance(state, str) or state not in WORDS or not isinstance(detail, str):
            raise BoardError(f"The page sent an unknown state of the port: {state!r:.40}.")
        if state == "open":
            self._open(session, _whole_number(content.get("baud")))
        elif state in ("lost", "closed") and self.link is not None:
            if session != self.link.session:
                return
            self.link.lose(WORDS[state])
        self.state, self.detail = state, detail[:200]
        self.on_change()

    def _open(self, session: object, baud: int) -> None:
        if not isinstance(session, str) or not session.isalnum() or len(session) > 40:
            raise BoardError("The page opened a port without a name for the connection.")
        if self.link is not None:
            self.link.lose("The page opened a port anew.")
        self.link = WebSerialLink(session, self._send, baud)


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise BoardError(f"The page sent {value!r:.40} where a whole number was needed.")
    return value
