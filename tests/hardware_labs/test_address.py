"""Addresses, and the rate of the wire."""

from __future__ import annotations

import pytest

from hardware_labs.board import Board
from hardware_labs.errors import BoardMissing
from hardware_labs.transports.address import open_link, place_and_baud


@pytest.mark.parametrize(
    "address, parts",
    [
        ("/dev/ttyACM0", ("/dev/ttyACM0", 115200)),
        ("COM12?baud=9600", ("COM12", 9600)),
        ("rfc2217://host:2217?baud=921600", ("rfc2217://host:2217", 921600)),
    ],
)
def test_an_address_has_a_place_and_a_rate(address: str, parts: tuple[str, int]):
    assert place_and_baud(address) == parts


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("COM3?fast", "has the option 'fast'; there is only 'baud=115200'"),
        ("emu:nano33?slow", "there is 'fast'"),
        ("COM3?baud=", "'baud=' in .* is no rate"),
        ("COM3?baud=0", "is no rate"),
        ("emu:nano33?fast&baud=fast", "'baud=fast' is not there"),
    ],
)
def test_an_option_there_is_not_is_named(address: str, sentence: str):
    with pytest.raises(BoardMissing, match=sentence):
        open_link(address)


def test_at_a_higher_rate_the_same_round_trip_takes_less_time():
    times_ms = []
    for baud in (9600, 115200, 921600):
        with Board.connect(f"emu:nano33?baud={baud}") as board:
            assert board.info()["baud"] == str(board.link.baud) == str(baud)
            times_ms.append(min(board.ping() for _ in range(20)))
    exchange = "name*focdhoag%m-name-dut-[nano33]\r\nm-ready*fbnigbog\r\n"
    bounds_ms = [1e4 * len(exchange) / baud for baud in (9600, 115200)]
    assert times_ms[0] >= 0.98 * bounds_ms[0] > times_ms[2]
    assert times_ms[1] >= 0.98 * bounds_ms[1]
