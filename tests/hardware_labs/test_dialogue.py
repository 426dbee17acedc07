"""What is sent and what is waited for, with scripted boards and a clock that nobody waits for."""

from __future__ import annotations

from itertools import count, pairwise

import numpy as np
import pytest
from firmware_link import firmware_link
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_link import MarkedLink, lab

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.errors import BoardError, BoardGarbled, BoardRefused, BoardSilent
from hardware_labs.firmware.build import build
from hardware_labs.models.network import digits_model
from hardware_labs.protocol import requests
from hardware_labs.protocol.command_set import Protocol
from hardware_labs.protocol.dialogue import Dialogue, Read
from hardware_labs.protocol.inference import inference
from hardware_labs.transports.conversation import run, stream
from hardware_labs.transports.link import Link, ScriptedLink, unknown


class Hourglass:
    """A link whose empty reads cost no time: `clock` is moved on instead."""

    def __init__(self, link: ScriptedLink) -> None:
        self.link, self.now_s = link, 0.0

    def clock(self) -> float:
        return self.now_s

    def __getattr__(self, name: str):
        return getattr(self.link, name)

    def read(self, timeout_s: float) -> bytes:
        data = self.link.read(timeout_s)
        self.now_s += 0.001 if data else max(timeout_s, 0.001)
        return data


def met(link: ScriptedLink) -> tuple[Dialogue, Hourglass]:
    glass = Hourglass(link)
    dialogue = Dialogue("wire", clock=glass.clock)
    run(dialogue.meet(), glass)
    return dialogue, glass


def test_a_board_with_marks_and_a_board_without_are_told_apart():
    assert met(MarkedLink(lab))[0].has_marks
    assert not met(ScriptedLink(lab))[0].has_marks


def test_a_complaint_that_noise_made_is_not_believed_at_once():
    answers = count()

    def spoil(answer: bytes) -> bytes:
        if b"nonce" in answer or next(answers) > 1:
            return answer
        return b"e-[Unknown command: name*focdhoag]\r\nm-ready\r\n"

    assert met(MarkedLink(lab, spoil))[0].has_marks


@pytest.mark.parametrize("k", range(4))
def test_noise_does_not_hide_that_a_board_has_marks(k: int):
    """The k-th answer after the nonce loses a letter of its mark, or its mark."""
    answers = count()

    def spoil(answer: bytes) -> bytes:
        if b"nonce" in answer or next(answers) > k + 1:
            return answer
        return answer.replace(b"*", b"") if k % 2 else answer[:-3] + b"\r\n"

    assert met(MarkedLink(lab, spoil))[0].has_marks


def test_a_board_whose_every_mark_is_spoiled_is_not_taken_for_one_without():
    link = MarkedLink(lab, lambda answer: answer.replace(b"m-name-dut-[nano33]", b"m-name-dut-[n]"))
    with pytest.raises(BoardGarbled, match=r"'name%' on wire arrived damaged each time.*cable"):
        met(link)


def test_a_spoiled_answer_is_asked_for_again():
    link = MarkedLink(lab)
    dialogue, glass = met(link)
    spoiled = iter([True, True, False])
    link.spoil = lambda a: a.replace(b"us-5", b"us-6") if b"us-5" in a and next(spoiled) else a
    assert run(dialogue.ask("timestamp"), glass) == ("m-lap-us-5",)
    assert link.commands.count("timestamp") == 3


@pytest.mark.parametrize("command", ["output", "db print"])
def test_what_only_reads_is_asked_for_again_when_its_answer_is_spoiled(command: str):
    lines = {"output": ["m-output-[1,2]"], "db print": ["m-buffer-00-ff"]}
    link = MarkedLink(lambda line: lines.get(line) or lab(line))
    dialogue, glass = met(link)
    spoiled = iter([True, True, False])
    is_answer = (b"m-output", b"m-buffer")
    link.spoil = lambda a: b"x" + a if a.startswith(is_answer) and next(spoiled) else a
    assert run(dialogue.ask(command), glass) == tuple(lines[command])
    assert link.commands.count(command) == 3


def test_a_command_that_may_not_be_repeated_is_not():
    link = MarkedLink(lab)
    dialogue, glass = met(link)
    link.spoil = lambda answer: answer.replace(b"done", b"dome")
    with pytest.raises(BoardGarbled):
        run(dialogue.ask("db 00ff"), glass)
    assert link.commands.count("db 00ff") == 1


def test_a_board_reset_between_loading_and_running_gives_no_answer_from_an_empty_buffer():
    firmware = firmware_link(build(board_kind("nano33"), digits_model()).elf, board_kind("nano33"))

    class Reset:
        """Empties the buffer as a reset would, before each `infer`."""

        def __getattr__(self, name: str):
            return getattr(firmware, name)

        def write(self, data: bytes) -> None:
            firmware.write(b"db load 64%" + b"db " + b"00" * 32 + b"%" if b"infer" in data else b"")
            firmware.write(data)

    link, dialogue = Reset(), Dialogue("wire", clock=firmware.clock)
    run(dialogue.meet(), link)
    with pytest.raises(BoardGarbled):
        run(requests.infer(dialogue, bytes(range(64))), link)
    firmware.close()


def test_a_doubled_percent_sign_that_ends_a_stream_is_noticed():
    firmware = firmware_link(build(board_kind("nano33"), digits_model()).elf, board_kind("nano33"))

    class Twice:
        def __getattr__(self, name: str):
            return getattr(firmware, name)

        def write(self, data: bytes) -> None:
            firmware.write(data + b"%" if data.startswith(b"stream") else data)

    link, dialogue = Twice(), Dialogue("wire", clock=firmware.clock)
    run(dialogue.meet(), link)
    with pytest.raises(BoardGarbled, match=r"Of 12 samples \d+ came.*stray byte"):
        list(stream(dialogue, link, 100, 12, 2.0))
    assert run(dialogue.ask("name"), link) == ("m-name-dut-[nano33]",)
    firmware.close()


def test_a_stream_without_end_where_one_of_twelve_was_asked_for_is_stopped():
    firmware = firmware_link(build(board_kind("nano33"), digits_model()).elf, board_kind("nano33"))

    class Endless:
        def __getattr__(self, name: str):
            return getattr(firmware, name)

        def write(self, data: bytes) -> None:
            firmware.write(b"stream 100 0%" if data.startswith(b"stream") else data)

    link, dialogue = Endless(), Dialogue("wire", clock=firmware.clock)
    run(dialogue.meet(), link)
    samples = stream(dialogue, link, 100, 12, 2.0)
    assert len([next(samples) for _ in range(12)]) == 12
    with pytest.raises(BoardGarbled, match="More than 12 samples came"):
        next(samples)
    assert run(dialogue.ask("name"), link) == ("m-name-dut-[nano33]",)
    firmware.close()


def test_what_a_board_says_unasked_makes_the_next_question_find_it_again():
    link = ScriptedLink(lab)
    dialogue, glass = met(link)
    link.queue_lines("e-[Unknown command: ]", "m-ready")
    assert run(dialogue.ask("timestamp"), glass) == ("m-lap-us-5",)


def test_results_that_differ_when_told_twice_are_no_result():
    results = iter(["0.250", "0.750", "0.250", "0.250"])

    def answer(command: str) -> list[str]:
        if command == "results" or command.startswith("infer"):
            return ["m-lap-us-1", "m-lap-us-2", f"m-results-[{next(results)}]"]
        return lab(command)

    board = Board(ScriptedLink(answer))
    assert board.infer(np.zeros(1, np.int8)).outputs.tolist() == [0.25]
    results = iter(["0.1", "0.2"] * 3)
    with pytest.raises(BoardGarbled, match="told its results twice, and not the same"):
        board.infer(np.zeros(1, np.int8))


@pytest.mark.parametrize(
    "lines",
    [
        ("m-lap-us-1", "m-results-[1.0]"),
        ("m-lap-us-1", "m-lap-us-x", "m-results-[1.0]"),
        ("m-lap-us-1", "m-lap-us-2", "m-results-[1.0,,2.0]"),
        ("m-lap-us-1", "m-lap-us-2"),
        ("m-lap-us-1", "m-lap-us-2", "m-results-[1.0]", "m-results-[1.0]"),
        ("m-infer-start-11", "m-lap-us-1", "m-lap-us-2", "m-results-[1.0]"),
    ],
)
def test_lines_that_are_no_inference_are_said_to_be_none(lines: tuple[str, ...]):
    with pytest.raises(BoardGarbled):
        inference(lines, 1, 0)


def test_a_clock_that_starts_again_from_zero_still_tells_the_time():
    lines = (f"m-lap-us-{2**32 - 30}", "m-lap-us-70", "m-results-[1.0]")
    assert inference(lines, 2, 0).latency_us == 50


def test_a_board_that_starts_for_four_seconds_is_waited_for():
    """As after a DTR reset: what comes before its banner is lost."""

    class Starting(ScriptedLink):
        is_up = False

        def write(self, data: bytes) -> None:
            if self.is_up:
                super().write(data)

        def read(self, timeout_s: float) -> bytes:
            if glass.now_s > 4.0 and not self.is_up:
                self.is_up = True
                self.queue_lines("m-timestamp-mode-performance", "m-init-done", "m-ready")
            return super().read(timeout_s)

    glass = Hourglass(Starting(lab))
    dialogue = Dialogue("wire", clock=glass.clock)
    assert run(dialogue.meet(5.0), glass) == "nano33"
    assert 4.0 < glass.now_s < 5.0


def test_a_progress_that_raises_ends_the_loading_and_the_board_is_found_again():
    link = MarkedLink(lab)
    dialogue, glass = met(link)
    calls = []

    def progress(done_bytes: int, total: int) -> None:
        calls.append((done_bytes, total))
        if done_bytes:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(requests.load(dialogue, bytes(100), progress), glass)
    assert calls == [(0, 100), (32, 100)]
    assert run(dialogue.ask("name"), glass) == ("m-name-dut-[nano33]",)


BYTES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"m-ready\r\n", b"m-s-1,2\r\n", b"e-[x]\r\n", b"m-ready*aaaaaaaa\r\n", b"\n"]),
)


@given(st.lists(BYTES, max_size=12), st.integers(0, 3), st.lists(st.integers(0, 400), max_size=9))
def test_any_bytes_in_any_state_give_the_same_events_however_they_are_cut(parts, state, cuts):
    def protocol() -> Protocol:
        new_protocol = Protocol()
        if state == 1:
            new_protocol.ask("info")
        if state == 2:
            new_protocol.ask("info", with_mark=True)
        if state == 3:
            new_protocol.resync("n0nce")
        return new_protocol

    data = b"".join(parts)
    one, other = protocol(), protocol()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(places)]
    assert [event for piece in pieces for event in one.receive(piece)] == other.receive(data)


def test_a_line_without_end_does_not_fill_the_memory():
    protocol = Protocol()
    for _ in range(40):
        assert protocol.receive(b"x" * 65_536) == []
    assert len(protocol._buffer) < 400_000


@settings(max_examples=60)
@given(st.lists(st.tuples(BYTES, st.integers(0, 2)), max_size=25), st.integers(0, 2**32 - 1))
def test_whatever_a_board_says_there_is_an_end_and_at_most_an_error_in_words(noise, seed):
    """Random junk in place of a board: each operation returns or raises a BoardError."""
    script, now = iter(noise), [0.0]
    dialogue = Dialogue("wire", clock=lambda: now[0], nonce=lambda: "n0nce")
    for steps in (dialogue.meet(1.0), dialogue.ask("info"), requests.load(dialogue, b"abc"),
                  requests.infer(dialogue, b"abc"), requests.stream(dialogue, 10, 3)):  # fmt: skip
        answer = None
        try:
            while True:
                step = steps.send(answer)
                answer = None
                if isinstance(step, Read):
                    junk, echo = next(script, (b"", 0))
                    now[0] += step.timeout_s + 0.001
                    answer = junk + (b"e-[Unknown command: n0nce]\r\nm-ready\r\n" * (echo == 1))
        except (StopIteration, BoardError):
            assert now[0] < 400


def test_a_reply_to_another_question_is_never_an_answer():
    """A late answer to the first question comes while the second is waited for."""
    link = MarkedLink(lab)
    dialogue, glass = met(link)
    other = link.answer_bytes("name*focdhoag")
    link.spoil = lambda answer: other if b"us-5" in answer else answer
    with pytest.raises(BoardGarbled):
        run(dialogue.ask("timestamp"), glass)


def test_a_refusal_is_no_damage():
    dialogue, glass = met(MarkedLink(lab))
    with pytest.raises(BoardRefused, match="Unknown command: fly"):
        run(dialogue.ask("fly"), glass)


def test_a_silent_board_is_silent_after_its_time():
    link = MarkedLink(lab)
    dialogue, glass = met(link)
    link.answer = lambda command: None
    began = glass.now_s
    with pytest.raises(BoardSilent, match="in 2 s"):
        run(dialogue.ask("name"), glass)
    assert 2.0 <= glass.now_s - began < 2.2


def test_a_link_is_all_that_a_scripted_board_needs_to_be():
    link: Link = ScriptedLink(unknown)
    assert link.name == "script"
