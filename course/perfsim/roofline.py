"""The time a device needs at least: computing at its peak, moving bytes at its bandwidth.

Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009. The two overlap (max) or follow each
other (sum); a fixed overhead is added. Peaks are never reached: `published` says by how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Hardware
from perfsim.errors import Infeasible, PerfsimError, UnknownFact
from perfsim.units import DTYPE_BYTES
from perfsim.work import Work, bytes_of


@dataclass(frozen=True)
class Time:
    """Seconds of computing, of moving bytes (None: bandwidth unknown), of overhead, and of all.

    dtype is the one the device computes in, which may be wider than the one asked for.
    """

    compute_s: Any
    memory_s: Any
    overhead_s: Any
    total_s: Any
    dtype: str

    @property
    def limit(self) -> Any:
        """'compute' or 'bandwidth', whichever takes longer; an array of them for arrays."""
        if self.memory_s is None:
            return "compute"
        slower = self.memory_s > self.compute_s
        if hasattr(slower, "shape"):
            import numpy as np  # here, because a scalar needs none and the import takes 0.1 s

            return np.where(slower, "bandwidth", "compute")
        return "bandwidth" if slower else "compute"


def compute_dtype(device: Hardware, dtype: str) -> str:
    """The dtype in which `device` computes when asked for `dtype`.

    Follows the declared fallbacks, each to a wider type. Infeasible where the device can do none of
    them, UnknownFact where its rate is not in the catalog.
    """
    bytes_of(dtype)
    requested = dtype
    while dtype not in device.peak:
        if dtype not in device.fallback:
            raise UnknownFact(f"the {dtype} rate of {device.name} is unknown: measure it.")
        wider = device.fallback[dtype]
        if wider is None:
            able = ", ".join(device.peak) or "nothing that is known"
            raise Infeasible(f"{device.name} cannot compute in {requested}; it computes in {able}.")
        if DTYPE_BYTES[wider] <= DTYPE_BYTES[dtype]:
            raise PerfsimError(f"a fallback must be wider, but {dtype} falls back to {wider}.")
        dtype = wider
    return dtype


def roofline(
    work: Work,
    device: Hardware,
    dtype: str = "fp32",
    combine: str = "max",
    efficiency: Any = 1.0,
    overhead_s: Any = 0.0,
) -> Time:
    """The time of `work` on `device`; every number may be an array.

    combine: "max" where computing and moving overlap, "sum" where they do not. efficiency: the
    fraction of both peaks that is reached; 1 is the ideal, other values come from a
    measurement.  Unknown bandwidth leaves the time of computing alone.
    """
    if combine not in ("max", "sum"):
        raise PerfsimError(f"combine is 'max' or 'sum', not {combine!r}.")
    used = compute_dtype(device, dtype)
    compute_s = work.ops / (device.peak[used] * efficiency)
    if device.bandwidth is None:
        return Time(compute_s, None, overhead_s, compute_s + overhead_s, used)
    memory_s = work.moved_bytes / (device.bandwidth * efficiency)
    together = compute_s + memory_s if combine == "sum" else _slower(compute_s, memory_s)
    return Time(compute_s, memory_s, overhead_s, together + overhead_s, used)


def _slower(a: Any, b: Any) -> Any:
    if hasattr(a, "shape") or hasattr(b, "shape"):
        import numpy as np

        return np.maximum(a, b)
    return max(a, b)


def ridge(device: Hardware, dtype: str = "fp32") -> float:
    """Operations per byte at which computing and moving take equally long."""
    if device.bandwidth is None:
        raise UnknownFact(f"the memory bandwidth of {device.name} is unknown: measure it.")
    return device.peak[compute_dtype(device, dtype)] / device.bandwidth
