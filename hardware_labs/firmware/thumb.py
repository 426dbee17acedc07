"""Machine code of a Cortex-M: how many instructions it is, and which multiply to more than 32 bits.

A Cortex-M0 has no such instruction. Here a firmware is compiled for a Cortex-M4, which has them,
and what was compiled says whether C got along without. Source: Arm DDI 0403, ARMv7-M Architecture
Reference Manual, A5.3.16 and A5.3.17.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hardware_labs.firmware.elf import segments, sizes

# The first half of SMULW and SMLAW, SMMUL and SMMLA, SMMLS; SMULL, UMULL, SMLAL, SMLSLD, UMLAL.
WIDE = {0xFB30, 0xFB50, 0xFB60, 0xFB80, 0xFBA0, 0xFBC0, 0xFBD0, 0xFBE0}
IN_SOFTWARE = {"__aeabi_lmul", "__muldi3"}


def wide_multiplications(elf: Path | bytes) -> dict[str, int]:
    """{function: how many}: instructions whose product has more than 32 bits.

    The library's function for a 64-bit product counts as one. Constants that stand between the
    instructions of a function are read as instructions too.
    """
    data = elf if isinstance(elf, bytes) else elf.read_bytes()
    parts = segments(data)
    counts: dict[str, int] = {}
    for symbol in sizes(data).symbols:
        for address, code in parts:
            at = symbol.address - address
            if symbol.is_function and 0 <= at < len(code):
                count = wide_products(code[at : at + symbol.size_bytes]) + (
                    symbol.name in IN_SOFTWARE
                )
                counts[symbol.name] = counts.get(symbol.name, 0) + count
    return {name: count for name, count in counts.items() if count}


def instructions_in(code: bytes) -> int:
    """How many Thumb-2 instructions `code` holds."""
    return sum(1 for _ in _first_halves(code))


def wide_products(code: bytes) -> int:
    """How many of the instructions in `code` have a product of more than 32 bits."""
    return sum(half & 0xFFF0 in WIDE for half in _first_halves(code))


def _first_halves(code: bytes) -> Iterator[int]:
    """The first 16 bits of each instruction: their top five bits tell whether there are 16 more."""
    at = 0
    while at + 1 < len(code):
        half = code[at] | code[at + 1] << 8
        yield half
        at += 4 if half >> 11 in (0b11101, 0b11110, 0b11111) else 2
