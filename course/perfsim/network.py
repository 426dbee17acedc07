"""Asking another machine: the time light needs, the time the bytes need, and the radio's energy."""

from __future__ import annotations

from typing import Any

LIGHT_M_PER_S = 299_792_458.0
FIBRE_INDEX = 1.468
"""Refractive index of single-mode fibre at 1550 nm (Corning SMF-28 Ultra data sheet)."""

RADIO_J_PER_MB = {"wifi": 5.0, "4g": 30.0, "3g": 60.0}
"""Joules of a phone's radio for a megabyte, orders of magnitude after the transfers of 10 MB in
Huang et al. 2012 ("A close examination of performance and power characteristics of 4G LTE
networks", MobiSys). They depend on signal and rate by a factor of several; measure your own."""


def fibre_s(distance_m: Any, detour: Any = 1.5) -> Any:
    """Seconds of light through a fibre, one way; detour: length of the cable over the distance."""
    return distance_m * detour * FIBRE_INDEX / LIGHT_M_PER_S


def transfer_s(size_bytes: Any, bits_per_s: Any) -> Any:
    """Seconds in which a link carries the bytes: 8 bits each."""
    return 8 * size_bytes / bits_per_s


def request_s(
    sent_bytes: Any, received_bytes: Any, up_bits_per_s: Any, down_bits_per_s: Any, distance_m: Any
) -> Any:
    """Seconds of a question and its answer: both transfers, and the way there and back."""
    transfers = transfer_s(sent_bytes, up_bits_per_s) + transfer_s(received_bytes, down_bits_per_s)
    return transfers + 2 * fibre_s(distance_m)


def radio_j(size_bytes: Any, joules_per_mb: Any) -> Any:
    """Joules of a radio for these bytes; RADIO_J_PER_MB holds published figures."""
    return size_bytes / 1e6 * joules_per_mb
