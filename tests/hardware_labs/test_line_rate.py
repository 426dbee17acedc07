"""Bits at one rate, read at another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_labs.transports.line_rate import received


@given(st.binary(max_size=50), st.integers(300, 10**6))
def test_at_the_same_rate_every_byte_arrives(data: bytes, baud: int):
    assert received(data, baud, baud) == data


@given(st.binary(max_size=50), st.floats(0.97, 1.03))
def test_rates_within_three_percent_of_each_other_are_the_same_rate(data: bytes, ratio: float):
    assert received(data, 115200, round(115200 * ratio)) == data


def test_at_half_the_rate_a_receiver_sees_two_bits_as_one():
    # On the wire 0x55 is 0 1010 1010 1 and 0xAA is 0 0101 0101 1, and an idle line is 1.
    # The middles of the receiver's eight bits are the beginnings of bits 3, 5, 7, 9 and so on.
    assert received(b"\x55", 9600, 4800) == b"\xff"
    assert received(b"\xaa", 9600, 4800) == b"\xf8"


@pytest.mark.parametrize("baud", [9600, 38400, 57600, 230400, 921600])
def test_at_a_wrong_rate_a_greeting_is_not_the_greeting(baud: int):
    greeting = b"m-init-done\r\nm-ready\r\n"
    assert greeting not in received(greeting, 115200, baud)
    assert received(greeting, 115200, baud) != b""


def test_nothing_is_nothing():
    assert received(b"", 9600, 115200) == b""
