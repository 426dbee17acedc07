"""Bytes and operations: the constants everything else is counted in, and how they are printed.

Two conventions live side by side in data sheets. Memory and bandwidth of servers are decimal
(1 GB = 1e9 bytes); the RAM and flash of microcontrollers are binary (256 KB = 262 144 bytes).
"""

from __future__ import annotations

KB, MB, GB, TB = 1e3, 1e6, 1e9, 1e12
KIB, MIB, GIB = 2**10, 2**20, 2**30

OPS_PER_MAC = 2
"""A multiply-accumulate is two operations: one product, one sum. Peaks are quoted in operations."""

DTYPE_BYTES = {
    "fp32": 4.0,
    "tf32": 4.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5,
}
"""Bytes of one number in memory. tf32 is a way to multiply fp32 numbers; it is stored as fp32."""

_PREFIXES = [
    (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""),
    (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p"),
]  # fmt: skip


def si(value: float | None, unit: str, digits: int = 3) -> str:
    """`value` with a decimal prefix: si(4.1e9, "op/s") is '4.1 Gop/s'; None is 'unknown'."""
    if value is None:
        return "unknown"
    size = abs(value)
    factor, prefix = next(((f, p) for f, p in _PREFIXES if size >= f), _PREFIXES[-1])
    if size == 0:
        factor, prefix = 1.0, ""
    return f"{value / factor:.{digits}g} {prefix}{unit}"


def grouped_digits(count: float) -> str:
    """A count with its thousands parted: whole(262144) is '262 144'."""
    return f"{round(count):,}".replace(",", " ")
