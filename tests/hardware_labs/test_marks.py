"""The mark at the end of a command and of its answer: in Python, and in the firmware."""

from __future__ import annotations

import zlib
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marked_link import letters as plain_letters
from marked_link import marked as plainly_marked

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.firmware.build import Build, build
from hardware_labs.models.network import digits_model
from hardware_labs.protocol.command_set import Protocol, Reply
from hardware_labs.protocol.mark import letters, mark, marked

NANO33 = board_kind("nano33")
ANSWER = b"m-infer-done\r\nm-results-[0.125,2.000]\r\nm-ready"
MARKED_ANSWER = ANSWER + b"*" + mark(b"infer 1 0" + ANSWER).encode() + b"\r\n"


@pytest.fixture(scope="module")
def firmware() -> Build:
    return build(NANO33, digits_model())


@given(st.integers(0, 2**32 - 1))
def test_letters_are_the_hexadecimal_digits_by_other_names(crc: int):
    assert letters(crc) == plain_letters(crc)


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_a_mark_is_the_crc_32_of_the_command(command: str):
    assert marked(command) == plainly_marked(command)


def replies(data: bytes, cuts: list[int]) -> list[Reply]:
    protocol = Protocol()
    protocol.ask("infer 1 0", with_mark=True)
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    events = [event for a, b in pairwise(ends) for event in protocol.receive(data[a:b])]
    return [event for event in events if isinstance(event, Reply)]


@given(st.lists(st.integers(0, len(MARKED_ANSWER)), max_size=8))
def test_a_whole_answer_is_a_reply_however_it_is_cut(cuts: list[int]):
    (reply,) = replies(MARKED_ANSWER, cuts)
    assert reply.lines == ("m-infer-done", "m-results-[0.125,2.000]")
    assert not reply.damaged


EDITS = st.lists(
    st.tuples(st.integers(0, len(MARKED_ANSWER) - 1), st.sampled_from(["drop", "set", "twice"]),
              st.integers(0, 255)), min_size=1, max_size=4)  # fmt: skip


def edited(data: bytes, edits: list[tuple[int, str, int]]) -> bytes:
    parts = [bytes([byte]) for byte in data]
    for at, action, byte in edits:
        parts[at] = {"drop": b"", "set": bytes([byte]), "twice": parts[at] * 2}[action]
    return b"".join(parts)


@given(EDITS, st.lists(st.integers(0, 99), max_size=5))
@example([(len(ANSWER) + 1, "set", ord("q"))], [])  # a letter that is none
@example([(27, "set", ord("3"))], [])  # one digit of a result
@example([(len(MARKED_ANSWER) - 2, "drop", 0)], [])  # the carriage return after the mark: no harm
def test_a_spoiled_answer_is_never_taken_for_a_whole_one(edits, cuts: list[int]):
    data = edited(MARKED_ANSWER, edits)
    lines = ("m-infer-done", "m-results-[0.125,2.000]")
    assert all(reply.damaged or reply.lines == lines for reply in replies(data, cuts))


def test_an_answer_to_another_command_is_damaged():
    other = ANSWER + b"*" + mark(b"infer 11 0" + ANSWER).encode() + b"\r\n"
    assert [reply.damaged for reply in replies(other, [])] == [True]


def test_a_plain_ready_line_is_no_end_of_a_marked_answer():
    assert [reply.damaged for reply in replies(b"m-ready\r\n", [])] == [True]


def test_the_firmware_checks_a_marked_command_and_marks_its_answer(firmware: Build):
    board_output, _ = converse(firmware.elf, NANO33, marked("name"))
    text = "m-name-dut-[nano33]\r\nm-ready"
    assert board_output.endswith(
        f"m-ready\r\n{text}*{letters(zlib.crc32(('name' + text).encode()))}\r\n"
    )


def test_the_firmware_does_not_run_a_damaged_command(firmware: Build):
    damaged = marked("infer 500 0").replace("infer 5", "infer 9")
    board_output, instructions = converse(firmware.elf, NANO33, damaged)
    assert board_output.endswith("e-[The command came damaged]\r\nm-ready\r\n")
    assert instructions < 500 * 2_368


@pytest.mark.parametrize(
    "command", ["name*", "na*me", "name*focdhoa", "name*focdhoagg", "name*FOC"]
)
def test_what_is_no_mark_is_part_of_the_command(firmware: Build, command: str):
    board_output, _ = converse(firmware.elf, NANO33, command)
    assert board_output.endswith(f"e-[Unknown command: {command}]\r\nm-ready\r\n")


def test_a_zero_byte_does_not_hide_the_mark_behind_it(firmware: Build):
    damaged = marked("stream 100 12").replace("100 1", "100 \0")
    board_output, _ = converse(firmware.elf, NANO33, damaged)
    assert board_output.endswith("e-[The command came damaged]\r\nm-ready\r\n")


def test_the_firmware_runs_the_model_on_the_input_that_was_meant_or_not_at_all(firmware: Build):
    data = bytes(range(64))
    loading = ["db load 64", f"db {data[:32].hex()}", f"db {data[32:].hex()}"]
    board_output, _ = converse(firmware.elf, NANO33, *loading, f"infer 1 0 {mark(data)}")
    assert "m-results-[" in board_output
    board_output, _ = converse(firmware.elf, NANO33, *loading, f"infer 1 0 {mark(data[::-1])}")
    assert board_output.endswith("e-[The input buffer holds 64 other bytes]\r\nm-ready\r\n")
