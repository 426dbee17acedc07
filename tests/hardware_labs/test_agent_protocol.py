"""The agent of the Raspberry Pi answers as the lab firmware does, byte for byte."""

from __future__ import annotations

import re
from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import Emulator
from hardware_labs.emulation.pi.agent import Agent
from hardware_labs.emulation.wire import RecordedWire
from hardware_labs.firmware.build import build
from hardware_labs.models.network import digits_model
from hardware_labs.protocol.mark import mark, marked

NANO33, MODEL = board_kind("nano33"), digits_model()
DIGITS = bytes(range(64)).hex()
COMMANDS = st.one_of(
    st.sampled_from(
        ["db load 4", "db load 64", "db load 0", "db load 65", "db load -1", "db", "db print",
         "db 00ff", "db 00fg", "db 0", "db 01020304050607", f"db {DIGITS[:64]}", "crc", "results",
         "output", "infer", "infer 1 0", "infer 2 1", "infer 0 1", "infer 1 -1", "infer x",
         f"infer 1 0 {mark(bytes(64))}", "profile", "fly high", "", " ", "name*", "na*me",
         "requant 1000 1518500250 2", "requant 99999999999 1073741824 1", "requant 5 1073741824 31",
         "requant 5 1073741824 32", "requant 5 1073741824 -1", "stream 0 5",
         "stream 100 3", "stream 100 -1", "layer*aaaaaaaa"]
    ),
    st.text(st.characters(codec="latin-1", exclude_characters="%"), max_size=90),
)  # fmt: skip


def lines(board_output: bytes) -> list[bytes]:
    """What does not hang on the clock, nor on what else the two have to offer."""
    return re.sub(rb"m-lap-us-\d+", b"m-lap-us-N", board_output).split(b"\r\n")


@cache
def elf():
    return build(NANO33, MODEL).elf


def firmware_says(commands: tuple[bytes, ...]) -> list[bytes]:
    wire = RecordedWire(*commands)
    Emulator(elf(), NANO33, wire).run()
    return lines(bytes(wire.said))


def agent_says(commands: tuple[bytes, ...]) -> list[bytes]:
    wire = RecordedWire(*commands)
    Agent(MODEL, wire, fast=True).run()
    return lines(bytes(wire.said))


def sent_as(command: str, with_mark: bool) -> bytes:
    if with_mark and command.isascii() and len(command) < 70:
        return marked(command).encode() + b"%"
    return command.encode("latin-1") + b"%"


DIFFERENT = ("name", "info", "mem", "set", "help", "timestamp", "layer", "stream")


@settings(max_examples=150)
@given(st.lists(st.tuples(COMMANDS, st.booleans()), min_size=1, max_size=6))
@example([("db load 64", True), (f"db {DIGITS[:64]}", True), (f"db {DIGITS[64:]}", True),
          (f"infer 1 0 {mark(bytes(range(64)))}", False)])  # fmt: skip
@example([("db 00", False), ("db load 2", False), ("db 000102", False), ("db 03", False)])
@example([("infer 1 0 *", False), ("\x80\xff", False), ("na\x00me*", False)])
def test_the_agent_and_the_firmware_say_the_same(commands: list[tuple[str, bool]]):
    commands = [
        (text, with_mark) for text, with_mark in commands if not text.strip().startswith(DIFFERENT)
    ]
    sent_commands = tuple(sent_as(text, with_mark) for text, with_mark in commands)
    marks_of_times = any("infer" in text and with_mark for text, with_mark in commands)
    if not marks_of_times:  # the mark of an answer with a time in it is another one each time
        assert agent_says(sent_commands) == firmware_says(sent_commands)
    else:
        cut = [re.sub(rb"\*[a-p]{8}$", b"*", line) for line in agent_says(sent_commands)]
        assert cut == [re.sub(rb"\*[a-p]{8}$", b"*", line) for line in firmware_says(sent_commands)]


def test_the_agent_does_not_run_a_damaged_command():
    damaged = marked("set batch 100").replace("100", "900").encode() + b"%"
    answer_lines = agent_says((damaged, b"info%"))
    assert b"e-[The command came damaged]" in answer_lines
    assert b"m-info-[batch=1]" in answer_lines


def test_the_agent_runs_the_model_on_the_input_that_was_meant_or_not_at_all():
    load = (
        b"db load 64%",
        b"db " + DIGITS[:64].encode() + b"%",
        b"db " + DIGITS[64:].encode() + b"%",
    )
    right, wrong = mark(bytes(range(64))), mark(bytes(64))
    assert any(
        b"m-results-[" in line for line in agent_says((*load, f"infer 1 0 {right}%".encode()))
    )
    refused = agent_says((*load, f"infer 1 0 {wrong}%".encode()))
    assert b"e-[The input buffer holds 64 other bytes]" in refused
