"""Products wider than 32 bits, found in machine code, and requantisations with their counts."""

from __future__ import annotations

import pytest

from hardware_labs.boards import board_kind
from hardware_labs.errors import BoardError
from hardware_labs.firmware.build import build
from hardware_labs.firmware.elf import sizes
from hardware_labs.firmware.thumb import wide_multiplications
from hardware_labs.measuring.counts import counted_requantisations
from hardware_labs.models.network import digits_model

NANO33 = board_kind("nano33")
C = """#include "kernels.h"
{before}
int32_t requantize(int32_t a, int32_t m, int n) {{ (void)a, (void)m, (void)n; {body} }}
"""
CASES = [(1000, 1_518_500_250, 2), (-(2**31), 2**31 - 1, 0)]


def firmware(body: str, before: str = ""):
    text = C.format(body=body, before=before)
    return build(NANO33, digits_model(), replacements={"requantize.c": text})


@pytest.mark.parametrize(
    ("body", "wide"),
    [
        ("return a * m;", 0),
        ("return (int32_t)(((int64_t)a * m) >> 32);", 1),
        ("return (int32_t)(((uint64_t)(uint32_t)a * (uint32_t)m) >> 31);", 1),
        ("return (int32_t)(((int64_t)a + m) >> n);", 0),
        ("return a / (m | 1);", 0),  # a division has an encoding next to SMULL's
    ],
)
def test_a_product_of_more_than_32_bits_is_found(body, wide):
    assert wide_multiplications(firmware(body).elf).get("requantize", 0) == wide


def test_a_product_in_a_function_of_its_own_is_found_too():
    before = (
        "static int32_t __attribute__((noinline)) high(int32_t a, int32_t m) "
        "{ return (int32_t)(((int64_t)a * m) >> 32); }"
    )
    counts = wide_multiplications(firmware("return high(a, m) + n;", before).elf)
    assert counts["high"] == 1 and "requantize" not in counts


def test_constants_are_no_functions():
    elf = build(NANO33, digits_model()).elf
    names = {symbol.name for symbol in sizes(elf).symbols if symbol.is_function}
    assert "requantize" in names and "weights0" not in names


def test_a_requantisation_has_its_value_and_the_same_count_every_time():
    plain_build = build(NANO33, digits_model())
    requantisations = counted_requantisations(plain_build, CASES)
    assert [one.value for one in requantisations] == [177, -(2**31) + 1]
    assert requantisations == counted_requantisations(plain_build, CASES)
    knows = counted_requantisations(firmware("return 177;"), CASES[:1])[0]
    assert 2 < requantisations[0].instructions - knows.instructions < 100


def test_a_requantize_that_never_ends_is_stopped():
    endless = firmware("for (volatile int k = 0;; k++) continue;")
    with pytest.raises(BoardError, match="loop that never ends"):
        counted_requantisations(endless, CASES, max_instructions=100_000)
