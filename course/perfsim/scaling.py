"""How much faster more devices are: pipeline bubbles; the laws of Amdahl, Gustafson and Gunther.

Shares are fractions between 0 and 1; every number may be an array.
"""

from __future__ import annotations

from typing import Any

from perfsim.errors import PerfsimError


def bubble_share(stages: Any, micro_batches: Any, chunks: Any = 1) -> Any:
    """The part of a pipeline's time in which a stage waits: (P-1)/(v*m + P-1); 0 for one stage.

    chunks: parts of the model that each stage holds, v. Narayanan et al. 2021 (arXiv:2104.04473),
    section 2.2, there as bubble over ideal time, (P-1)/(v*m).
    """
    return (stages - 1) / (chunks * micro_batches + stages - 1)


def amdahl(devices: Any, serial: Any) -> Any:
    """Speed-up of a job of fixed size: 1/(s + (1-s)/N), at most 1/s (Amdahl 1967)."""
    _is_share(serial)
    return 1 / (serial + (1 - serial) / devices)


def gustafson(devices: Any, serial: Any) -> Any:
    """Speed-up of a job that grows with the devices: s + (1-s)*N (Gustafson 1988)."""
    _is_share(serial)
    return serial + (1 - serial) * devices


def universal(devices: Any, contention: Any, coherence: Any) -> Any:
    """Speed-up N/(1 + a(N-1) + b*N(N-1)), which may fall again (Gunther 2008, equation 4.31)."""
    other_devices = devices - 1
    return devices / (1 + contention * other_devices + coherence * devices * other_devices)


def _is_share(value: Any) -> None:
    low, high = (value.min(), value.max()) if hasattr(value, "min") else (value, value)
    if low < 0 or high > 1:
        raise PerfsimError(f"the serial part is a share between 0 and 1, not {value}.")
