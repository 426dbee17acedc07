"""A board on the browser's machine, with a real emulated board behind a double of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from browser_double import PageDouble
from hypothesis import given
from hypothesis import strategies as st

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardError, BoardLost, BoardMissing
from hardware_labs.measuring.benchmark import digit_inputs
from hardware_labs.transports import web_serial
from hardware_labs.transports.web_serial import WORDS, InOrder, WebSerialLink, WebSerialPort

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@pytest.fixture
def emulated() -> Iterator[EmulatedBoard]:
    with EmulatedBoard(board_kind("nano33"), fast=True) as board:
        yield board


def open_link(port: WebSerialPort) -> WebSerialLink:
    assert port.link is not None
    return port.link


@given(st.data(), st.lists(st.binary(max_size=5), max_size=30))
def test_pieces_in_any_order_and_any_number_of_times_come_out_once_and_in_order(data, pieces):
    numbers = list(range(len(pieces)))
    copies = data.draw(st.lists(st.sampled_from(numbers), max_size=30)) if numbers else []
    order, out = InOrder(), []
    for number in data.draw(st.permutations(numbers + copies)):
        out += order.accept(number, pieces[number])
    assert out == pieces
    assert (order.wanted, order.has_gap) == (len(pieces), False)


def test_the_piece_that_is_wanted_is_taken_however_many_came_early(monkeypatch):
    monkeypatch.setattr(web_serial, "MOST_EARLY", 3)
    order = InOrder()
    assert [order.accept(number, bytes([number])) for number in (1, 2, 3, 4)] == [[]] * 4
    assert order.accept(0, b"\x00") == [b"\x00", b"\x01", b"\x02", b"\x03"]
    assert order.wanted == 4, "the fourth found no room, and is asked for again"


def test_a_board_behind_the_page_answers_as_one_on_a_port(emulated: EmulatedBoard):
    page = PageDouble(emulated.port)
    page.open()
    x, _ = digit_inputs(3)
    with Board(open_link(page.port).blocking(), "webserial") as board:
        behind = [board.infer(one).outputs for one in x]
        streamed = [sample.sequence for sample in board.stream(500, 50)]
    with Board.connect("emu:nano33?fast") as board:
        direct = [board.infer(one).outputs for one in x]
    assert np.array_equal(behind, direct)
    assert streamed == list(range(50))
    assert page.port.state == "closed"


def test_pieces_that_are_lost_or_doubled_on_the_way_change_nothing(emulated: EmulatedBoard):
    page = PageDouble(emulated.port, spoil=lambda number: (2, 0, 1, 3)[number % 4])
    page.open()
    link = open_link(page.port)
    board = Board(link.blocking(), "webserial")
    for _ in range(5):
        streamed = [sample.sequence for sample in board.stream(500, 40)]
        assert streamed == list(range(40))
    assert "again" in page.events


def test_code_that_awaits_reads_and_writes(emulated: EmulatedBoard):
    page = PageDouble(emulated.port)

    async def talk() -> bytes:
        waiting = asyncio.create_task(page.port.opened(5))
        await asyncio.sleep(0.05)
        page.open()
        link = await waiting
        await link.write(b"!%name%")
        received_bytes = b""
        while received_bytes.count(b"m-ready") < 2:
            received_bytes += await link.read(5)
        assert await link.read(0.01) == b""
        await link.close()
        await link.close()
        with pytest.raises(BoardLost, match="given back"):
            await link.write(b"name%")
        return received_bytes

    assert b"m-name-dut-[nano33]\r\nm-ready" in asyncio.run(talk())
    assert open_link(page.port).closed


def test_an_unplugged_board_is_lost_and_another_opening_has_its_own_bytes():
    with EmulatedBoard(board_kind("nano33"), fast=True) as first:
        page = PageDouble(first.port)
        page.open()
        link = open_link(page.port)
        board = Board(link.blocking(), "webserial")
        stream = board.stream(100)
        next(stream)
    with pytest.raises(BoardLost, match=r"unplugged\. Plug it in again: the port opens by itself"):
        list(stream)
    assert link.closed
    with EmulatedBoard(board_kind("nano33"), fast=True) as second:
        page.device = second.port
        page.open()
        assert open_link(page.port) is not link
        assert Board(open_link(page.port).blocking()).info()["board"] == "nano33"


def test_a_page_that_no_longer_answers_is_named(emulated: EmulatedBoard, monkeypatch):
    monkeypatch.setattr(web_serial, "RESEND_S", 0.05)
    monkeypatch.setattr(web_serial, "DEAD_S", 0.5)
    page = PageDouble(emulated.port)
    page.open()
    board = Board(open_link(page.port).blocking(), "webserial")
    page.deaf = True
    with pytest.raises(BoardLost, match="The page that holds the port does not answer"):
        board.ask("name", timeout_s=5)
    assert page.events.count("write") > 3, "it was asked again before it was given up"


def test_nobody_who_chooses_a_port_is_a_sentence():
    port = WebSerialPort(lambda content, buffers: None)
    with pytest.raises(
        BoardMissing, match=r"No port was opened in the browser in 0.05 s\. No port"
    ):
        asyncio.run(port.opened(0.05))


@pytest.mark.parametrize("state", WORDS)
def test_every_state_of_the_port_has_a_sentence(state: str):
    changes: list[str] = []
    port = WebSerialPort(lambda content, buffers: None, lambda: changes.append("change"))
    port.receive({"event": "state", "state": state, "session": "a1", "baud": 9600}, [])
    assert (port.state, changes) == (state, ["change"])
    assert port.words[0].isupper()
    assert port.words.rstrip(".?").count(" ") > 2


@given(JSON, st.lists(st.binary(max_size=8), max_size=2))
def test_whatever_a_page_sends_is_refused_in_words_or_does_nothing(more, buffers):
    port = WebSerialPort(lambda content, buffers: None)
    port.receive({"event": "state", "state": "open", "session": "a1", "baud": 9600}, [])
    for event in ("state", "bytes", "written", "format", more):
        for session in ("a1", more):
            content = {"event": event, "session": session, "state": more, "number": more}
            try:
                port.receive(content, buffers)
            except BoardError as error:
                assert str(error).startswith("The page sent")
    assert open_link(port).session == "a1"


def test_the_bytes_of_another_opening_are_not_read():
    port = WebSerialPort(lambda content, buffers: None)
    port.receive({"event": "state", "state": "open", "session": "a1", "baud": 9600}, [])
    port.receive({"event": "bytes", "session": "b2", "number": 0}, [b"theirs"])
    port.receive({"event": "bytes", "session": "a1", "number": 0}, [b"ours"])
    assert open_link(port).drain_inbox() == b"ours"
