"""Addresses, and the rate of the wire."""

from __future__ import annotations

import pytest

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.errors import BoardMissing, BoardRefused
from hardware_labs.firmware.build import build
from hardware_labs.models.network import digits_model
from hardware_labs.transports.address import Address, open_link, parsed

NANO33 = board_kind("nano33")


@pytest.mark.parametrize(
    "address, parts",
    [
        ("/dev/ttyACM0", Address("/dev/ttyACM0")),
        ("COM12?baud=9600", Address("COM12", 9600)),
        ("rfc2217://host:2217?baud=921600", Address("rfc2217://host:2217", 921600)),
        ("emu:nano33?fast&baud=921600", Address("emu:nano33?fast", 921600)),
    ],
)
def test_an_address_has_a_place_and_a_rate(address: str, parts: Address):
    assert parsed(address) == parts


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("COM3?fast", "has the option 'fast'; there is only 'baud=N'"),
        ("emu:nano33?slow", "there is only 'fast'"),
        ("COM3?baud=", "'baud=' in .* is no rate"),
        ("COM3?baud=0", "is no rate"),
        ("emu:nano33?fast&baud=fast", "is no rate"),
    ],
)
def test_an_option_there_is_not_is_named(address: str, sentence: str):
    with pytest.raises(BoardMissing, match=sentence):
        open_link(address)


def laps(said: str) -> list[int]:
    return [int(line[9:]) for line in said.split() if line.startswith("m-lap-us-")]


@pytest.mark.parametrize("baud", [9600, 115200, 230400, 921600])
def test_the_emulated_clock_holds_to_the_rate(baud: int):
    elf = build(NANO33, digits_model()).elf
    said, _ = converse(elf, NANO33, f"set baud {baud}", "timestamp", "timestamp")
    first, second = laps(said)
    bytes_between = len(f"m-lap-us-{first}\r\nm-ready\r\n") + len("timestamp%")
    assert (second - first) == pytest.approx(bytes_between * 10e6 / baud, abs=150)


def test_both_ends_change_their_rate_and_the_board_is_left_as_it_was_found(board: Board):
    port = board.port
    board.change_baud(921600)
    assert board.info()["baud"] == "921600"
    assert board.link.baud == 921600
    board.change_baud(230400)
    board.ask(f"set baud {115200}")  # what closing does, before the emulated board ends
    board.link.change_baud(115200)
    assert board.ask("name") == ("m-name-dut-[nano33]",)
    assert board.port == port


def test_a_rate_the_board_has_not_is_refused_and_nothing_changes(board: Board):
    with pytest.raises(BoardRefused, match="cannot speak at 12345 baud"):
        board.change_baud(12345)
    assert board.link.baud == 115200
    assert board.ping() > 0


def test_the_rate_can_stand_in_the_address():
    with Board.connect("emu:nano33?fast&baud=921600") as board:
        assert board.info()["baud"] == "921600"
        board.reconnect()
        assert board.info()["baud"] == "921600"
