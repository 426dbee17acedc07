"""The sans-IO core: bytes in, events out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware_labs.protocol.command_set import (
    Event,
    Line,
    Protocol,
    Reply,
    Resynced,
    Sample,
    Stray,
    fields,
    inside,
    sample,
)

TRANSCRIPT = (
    b"m-info-[a=1]\r\nm-s-0,5\r\n\r\nm-s-1,-7\r\nm-info-[b=x=y]\nm-ready\r\nm-init-done\r\n"
)
EVENTS = [
    Line("m-info-[a=1]"),
    Sample(0, (5,)),
    Sample(1, (-7,)),
    Line("m-info-[b=x=y]"),
    Reply("info", ("m-info-[a=1]", "m-info-[b=x=y]")),
    Stray("m-init-done"),
]
COMPLAINT = b"e-[Unknown command: n0nce]\r\nm-ready\r\n"


def heard(protocol: Protocol, packets: list[bytes]) -> list[Event]:
    return [event for packet in packets for event in protocol.receive(packet)]


@given(st.lists(st.integers(0, len(TRANSCRIPT)), max_size=30))
def test_any_way_of_cutting_packets_gives_the_same_events(cuts: list[int]):
    protocol = Protocol()
    protocol.ask("info")
    ends = [0, *sorted(cuts), len(TRANSCRIPT)]
    assert heard(protocol, [TRANSCRIPT[a:b] for a, b in pairwise(ends)]) == EVENTS


@given(st.binary(max_size=200), st.lists(st.integers(0, 400), max_size=10))
@example(b"m-ready\r\n" * 4, [])
@example(b"e-[Unknown command: other]\r\nm-ready\r\n", [3])
@example(b"e-[Unknown command: ", [])
def test_junk_never_shifts_an_answer_after_a_resync(junk: bytes, cuts: list[int]):
    protocol = Protocol()
    protocol.resync("n0nce")
    data = junk + b"\r\n" + COMPLAINT
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert type(heard(protocol, [data[a:b] for a, b in pairwise(ends)])[-1]) is Resynced
    protocol.ask("name")
    assert protocol.receive(b"m-name-dut-[x]\r\nm-ready\r\n")[-1] == Reply(
        "name", ("m-name-dut-[x]",)
    )


@given(st.binary(max_size=60).filter(lambda noise: b"\n" not in noise))
def test_noise_on_the_same_line_does_not_hide_the_nonce(noise: bytes):
    protocol = Protocol()
    protocol.resync("n0nce")
    assert protocol.receive(noise + COMPLAINT) == [Resynced(0)]


def test_the_ready_line_alone_does_not_end_a_resync():
    protocol = Protocol()
    protocol.resync("n0nce")
    assert protocol.receive(b"m-ready\r\nm-ready\r\n") == [Stray("m-ready")] * 2
    assert protocol.receive(COMPLAINT) == [Resynced(2)]


def test_a_resync_ends_a_half_sent_command_and_is_no_empty_one():
    assert Protocol().resync("n0nce") == b"!%n0nce%"
    assert Protocol().resync("n0nce", padding=131) == b"!" * 132 + b"%n0nce%"


def test_a_second_question_before_the_answer_is_refused():
    protocol = Protocol()
    protocol.ask("name")
    with pytest.raises(ValueError, match="'name' has not been answered"):
        protocol.ask("info")


@pytest.mark.parametrize("command", ["50%", "x" * 81, "naïve"])
def test_a_command_the_board_could_not_take_is_refused(command: str):
    with pytest.raises(ValueError, match="at most 80 ASCII characters"):
        Protocol().ask(command)


def test_the_first_complaint_of_a_reply_is_its_error():
    assert Reply("x", ("m-a", "e-[no [x] here]", "e-[later]")).error == "no [x] here"
    assert Reply("x", ("m-a",)).error == ""


def test_fields_of_one_kind_keep_everything_after_the_first_equals_sign():
    lines = ("m-info-[a=1]", "m-mem-[a=2]", "m-info-[b=c=[d]]", "m-info-[alone]", "noise")
    assert fields(lines, "info") == {"a": "1", "b": "c=[d]"}


@pytest.mark.parametrize("line", ["m-s-", "m-s-x,1", "m-s-1,", "m-name", ""])
def test_a_spoiled_sample_is_no_sample(line: str):
    assert sample(line) is None


def test_what_is_inside_brackets():
    assert [inside(text) for text in ("m-x-[a]", "m-x-[]", "m-x", "]a[")] == ["a", "", "", ""]
