"""Joules, and the method that gave them: a counter if there is one, else one of two models.

Every figure carries `method` in {rapl, nvml, usb-meter, battery, model} and a sentence on what it
leaves out, because a modelled joule and a measured one are not the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Hardware
from perfsim.errors import PerfsimError
from perfsim.work import Work

METHODS = ("rapl", "nvml", "usb-meter", "battery", "model")
BOUNDS = ("floor", "estimate", "ceiling")

PJ_PER_OP = {"int8": (0.03, 0.2), "fp16": (0.4, 1.1), "fp32": (0.9, 3.7)}
"""Picojoules of an addition and of a multiplication at 45 nm, 0.9 V (Horowitz, "Computing's energy
problem", ISSCC 2014, fig. 1.1.9)."""

PJ_PER_BYTE_SRAM = 10.0 / 8
"""Picojoules per byte from an 8 kB SRAM: 10 pJ for 64 bits (Horowitz 2014)."""

PJ_PER_BYTE_DRAM = 1300.0 / 8
"""Picojoules per byte from DRAM: 1300 pJ for 64 bits, the lower end of his range (ibid.)."""


@dataclass(frozen=True)
class Energy:
    """Joules, how they were found, what the figure means, and which bound it is, if it is one."""

    joules: Any
    method: str
    meaning: str
    bound: str = "estimate"

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise PerfsimError(f"a method is one of {', '.join(METHODS)}, not {self.method!r}.")
        if self.bound not in BOUNDS:
            raise PerfsimError(f"a bound is one of {', '.join(BOUNDS)}, not {self.bound!r}.")


def power_w(device: Hardware, utilisation: Any = 1.0) -> Any:
    """P_idle + (P_full - P_idle) * utilisation, in watts; None where the full power is unknown.

    Where the idle power is unknown the device is counted at full power: an upper bound.
    """
    if device.tdp_w is None:
        return None
    idle = device.tdp_w if device.idle_w is None else device.idle_w
    return idle + (device.tdp_w - idle) * utilisation


def energy(
    work: Work, device: Hardware, seconds: Any, dtype: str, utilisation: Any = 1.0
) -> Energy:
    """The energy of `work` that takes `seconds` and is computed in `dtype`, by a model.

    Power times time where the full power is known; else arithmetic and data movement at 45 nm,
    which is a floor: clock, control and leakage are not in it.
    """
    power = power_w(device, utilisation)
    if power is not None:
        if device.idle_w is None:
            return Energy(power * seconds, "model", f"at most: {FULL_POWER}", "ceiling")
        return Energy(
            power * seconds, "model", "between idle and full power for the predicted time"
        )
    return Energy(floor_j(work, device, dtype), "model", ARITHMETIC, "floor")


ARITHMETIC = "arithmetic and data movement alone"
FULL_POWER = "full power for the predicted time"


def bounds(work: Work, device: Hardware, seconds: Any, dtype: str) -> tuple[Energy, Energy | None]:
    """The floor and the ceiling of the energy of `work` that takes `seconds` on `device`.

    The floor is arithmetic and data movement at 7 nm, far below what a device needs; the ceiling is
    full power all the time, and None where the full power is unknown.
    """
    floor = Energy(least_j(work, device, dtype), "model", f"{ARITHMETIC}, 7 nm", "floor")
    if device.tdp_w is None:
        return floor, None
    return floor, Energy(device.tdp_w * seconds, "model", FULL_POWER, "ceiling")


PJ_PER_OP_7NM = {"int8": (0.007, 0.07), "fp16": (0.11, 0.21), "fp32": (0.38, 1.31)}
PJ_PER_BYTE_SRAM_7NM, PJ_PER_BYTE_HBM = 7.5 / 8, 250.0 / 8
"""Picojoules at 7 nm: additions and multiplications, a byte from an 8 kB SRAM, a byte from HBM2,
the lower end of its range (Jouppi et al. 2021, "Ten lessons from three generations shaped Google's
TPUv4i", ISCA, table 2)."""


def least_j(work: Work, device: Hardware, dtype: str) -> Any:
    """Joules of the operations and of the bytes moved at 7 nm, by the figures of Jouppi 2021.

    Types narrower than fp16 count as int8, which needs least.
    """
    narrow = "fp32" if dtype in ("fp32", "tf32") else "fp16" if dtype == "fp16" else "int8"
    pair = sum(PJ_PER_OP_7NM[narrow])
    per_byte = PJ_PER_BYTE_SRAM_7NM if device.flash_bytes is not None else PJ_PER_BYTE_HBM
    return 1e-12 * (work.ops / 2 * pair + work.moved_bytes * per_byte)


def floor_j(work: Work, device: Hardware, dtype: str) -> Any:
    """Joules of the operations and of the bytes moved, by the figures of Horowitz 2014."""
    add, multiply = PJ_PER_OP.get(dtype, PJ_PER_OP["fp32"])
    per_byte = PJ_PER_BYTE_SRAM if device.flash_bytes is not None else PJ_PER_BYTE_DRAM
    return 1e-12 * (work.ops / 2 * (add + multiply) + work.moved_bytes * per_byte)
