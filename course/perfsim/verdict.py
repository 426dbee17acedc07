"""What stops this model on this device: the whole chain of questions, answered in order.

Can it compute in this dtype? Does it fit? Is it fast enough? The first no is the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Hardware, Model
from perfsim.cost import usd_per_thousand
from perfsim.energy import Energy, energy
from perfsim.errors import Infeasible, UnknownFact
from perfsim.memory import Fit, Storage, fit, storage
from perfsim.roofline import Time, roofline
from perfsim.units import si, whole
from perfsim.work import Work, work

LIMITS = ("dtype", "memory", "unknown", "compute", "bandwidth", "nothing")


@dataclass(frozen=True)
class Verdict:
    """What stops it (one of LIMITS), a sentence, and every number on the way that is known."""

    limit: str
    says: str
    model: Model
    device: Hardware
    dtype: str
    work: Work | None = None
    storage: Storage | None = None
    fit: Fit | None = None
    time: Time | None = None
    energy: Energy | None = None
    usd_per_thousand: float | None = None


def verdict(
    model: Model,
    device: Hardware,
    dtype: str = "fp32",
    deadline_s: float | None = None,
    batch: int = 1,
    tokens: int = 1,
) -> Verdict:
    """The limit of `model` on `device`: dtype, memory, unknown, compute, bandwidth or nothing.

    Without a deadline, 'nothing' is the answer wherever it fits and can be computed. Time is the
    roofline's, so 'compute' and 'bandwidth' are certain and 'nothing' is only possible.
    """
    known: dict[str, Any] = {"model": model, "device": device, "dtype": dtype}
    try:
        known["work"] = work(model, dtype, batch, tokens)
        known["storage"] = storage(model, dtype, batch, tokens)
        known["fit"] = fit(known["storage"], device)
        known["time"] = roofline(known["work"], device, dtype)
    except Infeasible as fault:
        return Verdict("dtype", str(fault), **known)
    except UnknownFact as fault:
        return _without_time(str(fault), known)
    time: Time = known["time"]
    known["energy"] = energy(known["work"], device, time.total_s, time.dtype)
    known["usd_per_thousand"] = usd_per_thousand(device, time.total_s, batch)
    return _stored(known) or _unsure(known) or _timed(time, deadline_s, known)


def _without_time(says: str, known: dict[str, Any]) -> Verdict:
    return ("fit" in known and _stored(known)) or Verdict("unknown", says, **known)


def _stored(known: dict[str, Any]) -> Verdict | None:
    """The verdict 'memory', None where nothing is known to be missing."""
    gap: Fit = known["fit"]
    if gap.short == 0:
        return None
    where = "flash" if gap.flash_short else "memory"
    device: Hardware = known["device"]
    available = device.flash_bytes if gap.flash_short else device.memory_bytes
    short = gap.flash_short or gap.memory_short
    says = f"out of {where}: {whole(short)} bytes are missing of {whole((available or 0) + short)}."
    return Verdict("memory", says, **known)


def _unsure(known: dict[str, Any]) -> Verdict | None:
    """The verdict 'unknown', None where every size that decides is known."""
    model, device = known["model"], known["device"]
    if device.memory_bytes is None:
        return Verdict("unknown", f"the memory of {device.name} is unknown.", **known)
    if known["storage"].live_bytes is None:
        says = f"the live activations of {model.name} are unknown: it may or may not fit."
        return Verdict("unknown", says, **known)
    return None


def _timed(time: Time, deadline_s: float | None, known: dict[str, Any]) -> Verdict:
    took = f"{si(time.total_s, 's')} at least"
    if deadline_s is None or time.total_s <= deadline_s:
        return Verdict("nothing", f"it fits, and takes {took}.", **known)
    says = f"too slow: {took}, the deadline is {si(deadline_s, 's')}; {time.limit} is the limit."
    return Verdict(time.limit, says, **known)
