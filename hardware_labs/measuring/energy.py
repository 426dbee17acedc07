"""Energy of an inference: measured where a meter is attached, else modelled as power times time.

A modelled energy is only as good as its power, so it carries the source of that; no figure of one
kind is ever shown without the word for its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Power:
    """What a chip draws while it computes, and who says so."""

    watts: float
    source: str


@dataclass(frozen=True)
class Energy:
    """Joules over seconds. `source` is the meter, or where the power comes from."""

    joules: float
    seconds: float
    is_measured: bool
    source: str

    @property
    def kind(self) -> str:
        return "measured" if self.is_measured else "modelled"

    def __str__(self) -> str:
        return f"{self.joules * 1e6:.3g} uJ an inference, {self.kind}: {self.source}"


class Meter(Protocol):
    """An instrument in the supply of the board."""

    name: str

    def start(self) -> None:
        """Begins to integrate."""

    def stop(self) -> float:
        """Joules since start()."""


POWERS = {
    "nano33": Power(
        3.3e-3 * 3.0,
        "the chip alone, 3.3 mA at 3 V, CPU at 64 MHz from flash with the DC/DC regulator "
        "(Nordic nRF52840 Product Specification v1.7, current consumption, CPU running)",
    ),
}


def modelled(seconds: float, power: Power) -> Energy:
    """Power times time."""
    return Energy(power.watts * seconds, seconds, False, f"P x t; P = {power.source}")


def measured(meter: Meter, seconds: Callable[[], float], inferences: int) -> Energy:
    """What the meter counts while `seconds()` runs (it returns its own length), per inference.

    It holds all that the board does meanwhile, its talk on the wire too.
    """
    meter.start()
    try:
        length_s = seconds()
    finally:
        joules = meter.stop()
    return Energy(joules / inferences, length_s / inferences, True, f"{meter.name}, wire included")
