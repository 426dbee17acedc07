"""CRC-16 and binary frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_labs.protocol.crc import crc16, frame, frames


def test_the_catalogue_value_of_ccitt_false():
    assert crc16(b"123456789") == 0x29B1


@given(st.binary(min_size=1, max_size=128), st.data())
def test_a_frame_with_one_flipped_bit_has_another_crc(payload: bytes, data: st.DataObject):
    bit = data.draw(st.integers(0, 8 * len(payload) - 1))
    spoiled = bytearray(payload)
    spoiled[bit // 8] ^= 1 << bit % 8
    assert crc16(bytes(spoiled)) != crc16(payload)


@given(st.binary(min_size=1, max_size=1000))
def test_frames_carry_all_bytes_in_order(data: bytes):
    assert b"".join(piece[1:-2] for piece in frames(data)) == data


@given(st.binary(min_size=1, max_size=128))
def test_a_frame_and_its_crc_together_have_crc_zero(payload: bytes):
    assert crc16(frame(payload)[1:]) == 0


def test_an_oversize_frame_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="1 to 128 bytes, not 129"):
        frame(bytes(129))
