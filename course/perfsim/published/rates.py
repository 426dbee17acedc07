"""The rate at which a device computes what a row says it was computed in.

A row may name no type, or one that the catalog has no rate for; what is used instead is a note of
the prediction. The fastest rate of the device is what physics allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from perfsim.catalog import Hardware
from perfsim.errors import Infeasible, UnknownFact
from perfsim.roofline import compute_dtype
from perfsim.units import DTYPE_BYTES

NAMES = {
    **{"bf16": "fp16", "fp16 amp": "fp16", "mixed": "fp16", "w8a16": "int8"},
    **{"int8w": "int8", "int4w-g32": "fp4", "int4w": "fp4", "int4": "fp4"},
}
WEIGHT_BYTES = {"int4w-g32": 0.5 + 4 / 32}
"""Bytes of a weight where a row's type says more than a type: groups of 32 with a scale and a zero
point of two bytes each."""

WEIGHTS_ONLY = ("int8w", "int4w", "int4w-g32", "w8a16")
WIDER = {"fp4": "fp8", "fp8": "fp16", "int8": "fp16", "fp16": "fp32", "tf32": "fp32"}


@dataclass(frozen=True)
class Rate:
    """Operations/s of all devices, bytes of a stored number, the fastest rate, and notes.

    stored: the type in which numbers are kept, which may be narrower than the computed one.
    """

    ops_per_s: float
    element_bytes: float
    fastest: float
    stored: str
    notes: tuple[str, ...] = ()


def peak_of(device: Hardware, precision: str, devices: int = 1, unnamed: str = "int8") -> Rate:
    """The rate for a row's precision. Infeasible or UnknownFact where the device has none.

    unnamed: the type that is assumed, with a note, where the row names none.
    """
    if not device.peak:
        raise UnknownFact(f"the rates of {device.name} are unknown: add one to its row.")
    fastest = max(device.peak.values()) * devices
    requested = NAMES.get(precision, precision) or unnamed
    notes = () if precision else (f"the row names no type of numbers: {requested} is assumed",)
    if requested not in DTYPE_BYTES:
        raise UnknownFact(f"the precision '{precision}' is not one of {', '.join(DTYPE_BYTES)}.")
    computed = "fp16" if precision in WEIGHTS_ONLY else requested
    used = _computed_in(device, computed)
    if used != computed:
        notes = (*notes, f"{device.name} computes {computed} in {used}")
    size = WEIGHT_BYTES.get(precision, DTYPE_BYTES[requested])
    return Rate(device.peak[used] * devices, size, fastest, requested, notes)


def _computed_in(device: Hardware, dtype: str) -> str:
    """The declared fallback, or else the next wider type whose rate is known."""
    try:
        return compute_dtype(device, dtype)
    except UnknownFact:
        wider = dtype
        while wider in WIDER:
            wider = WIDER[wider]
            if wider in device.peak:
                return wider
    raise Infeasible(f"no rate of {device.name} is known that could stand for {dtype}.")
