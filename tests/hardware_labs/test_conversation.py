"""Commands over scripted links: late, cut up, silent, babbling, unplugged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_labs.board import Board
from hardware_labs.errors import BoardLost, BoardRefused, BoardSilent
from hardware_labs.protocol.dialogue import Dialogue
from hardware_labs.transports.conversation import run, stream
from hardware_labs.transports.link import ScriptedLink, unknown

STOCK = {
    "name": ["m-name-dut-[acme]"],
    "profile": ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", "m-model-[toy01]"],
    "infer 1 0": ["m-infer-start-1", "m-lap-us-10", "m-lap-us-52", "m-results-[0.250,0.750]"],
    "db load 3": ["m-[Expecting 3 bytes]"],
    "db 01ff80": ["m-load-done"],
}


class Conversation:
    """A dialogue over a link, for these tests."""

    def __init__(self, link: ScriptedLink) -> None:
        self.link, self.dialogue = link, Dialogue(link.name)
        self.log = self.dialogue.log

    def ask(self, command: str, timeout_s: float = 2.0) -> tuple[str, ...]:
        return run(self.dialogue.ask(command, timeout_s), self.link)

    def resync(self, timeout_s: float = 3.0) -> int:
        return run(self.dialogue.resync(timeout_s), self.link)


def stock(command: str) -> list[str]:
    """A board with the published command set only."""
    return STOCK.get(command, unknown(command))


@settings(max_examples=40)
@given(st.binary(max_size=80), st.integers(1, 40), st.integers(0, 2**32), st.integers(0, 3))
def test_whatever_waits_in_the_line_a_question_gets_its_own_answer(junk, packet, seed, pause):
    rng = np.random.default_rng(seed)
    link = ScriptedLink(stock, junk=junk, packet=packet, rng=rng, pause=pause)
    talk = Conversation(link)
    assert talk.ask("name") == ("m-name-dut-[acme]",)
    assert talk.ask("profile") == tuple(STOCK["profile"])


def test_a_stray_ready_line_shifts_nothing():
    link = ScriptedLink(stock, junk=b"m-ready\r\n" * 3)
    talk = Conversation(link)
    assert [talk.ask(name) for name in ("name", "profile")] == [
        tuple(STOCK["name"]),
        tuple(STOCK["profile"]),
    ]


def test_a_silent_board_says_what_to_do():
    with pytest.raises(BoardSilent, match=r"right port.*run: hardware-labs boards"):
        Conversation(ScriptedLink(lambda command: None)).resync(0.1)


def test_a_board_that_never_stops_talking_is_silent_too():
    link = ScriptedLink(stock)
    talk = Conversation(link)
    talk.resync()
    link.answer = lambda command: link.queue_bytes(b"m-noise-[1]\r\n" * 50_000)
    with pytest.raises(BoardSilent, match=r"'name%' in 0\.05 s on script"):
        talk.ask("name", timeout_s=0.05)


def test_after_a_timeout_the_next_question_finds_the_board_again():
    link = ScriptedLink(stock)
    talk = Conversation(link)
    talk.resync()
    link.answer = lambda command: None
    with pytest.raises(BoardSilent):
        talk.ask("name", timeout_s=0.02)
    link.answer = stock
    link.queue_lines("m-name-dut-[late]", "m-ready")
    assert talk.ask("profile") == tuple(STOCK["profile"])


def test_a_complaint_is_a_refusal_and_leaves_the_two_in_step():
    talk = Conversation(ScriptedLink(stock))
    with pytest.raises(BoardRefused, match="refused 'fly': Unknown command: fly"):
        talk.ask("fly")
    lines_before = len(talk.log)
    assert talk.ask("name") == ("m-name-dut-[acme]",)
    assert not any("nonce" in line.text for line in list(talk.log)[lines_before:])


def test_unplugging_in_the_middle_of_an_answer_is_a_lost_board():
    link = ScriptedLink(stock, packet=4, unplug_after=30)
    talk = Conversation(link)
    talk.resync()
    with pytest.raises(BoardLost, match="unplugged"):
        [talk.ask("profile") for _ in range(20)]
    assert link.closed


def test_the_log_keeps_both_directions_and_is_bounded():
    talk = Conversation(ScriptedLink(stock))
    talk.ask("name")
    assert [str(line).split(maxsplit=1)[1] for line in list(talk.log)[-3:]] == [
        "-> name",
        "<- m-name-dut-[acme]",
        "<- m-ready",
    ]
    for _ in range(600):
        talk.ask("name")
    assert len(talk.log) == 1000


def test_a_refused_stream_says_why():
    talk = Conversation(ScriptedLink(stock))
    with pytest.raises(BoardRefused, match="Unknown command: stream"):
        list(stream(talk.dialogue, talk.link, 100, 5, 2.0))


def test_a_stock_board_is_identified_and_infers_with_standard_commands_only():
    board = Board(ScriptedLink(stock, packet=8))
    assert board.name == "acme"
    assert board.info()["model"] == "toy01"
    result = board.infer(np.array([1, -1, -128], np.int8))
    assert result.outputs.tolist() == [0.25, 0.75]
    assert result.latency_us == 42.0


def test_a_float_input_is_refused_before_anything_is_sent():
    link = ScriptedLink(stock)
    board = Board(link)
    board.model()
    bytes_before = link.sent_bytes
    with pytest.raises(ValueError, match="takes int8 and x is float64"):
        board.infer(np.zeros(3))
    assert link.sent_bytes == bytes_before
