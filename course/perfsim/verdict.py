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
from perfsim.units import grouped_digits, si
from perfsim.work import Work, work

LIMITS = ("dtype", "memory", "unknown", "compute", "bandwidth", "nothing")


@dataclass(frozen=True)
class Verdict:
    """What stops it (one of LIMITS), a sentence, and every number on the way that is known."""

    limit: str
    sentence: str
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
    parts: dict[str, Any] = {"model": model, "device": device, "dtype": dtype}
    try:
        parts["work"] = work(model, dtype, batch, tokens)
        parts["storage"] = storage(model, dtype, batch, tokens)
        parts["fit"] = fit(parts["storage"], device)
        parts["time"] = roofline(parts["work"], device, dtype)
    except Infeasible as fault:
        return Verdict("dtype", str(fault), **parts)
    except UnknownFact as fault:
        return _without_time(str(fault), parts)
    time: Time = parts["time"]
    parts["energy"] = energy(parts["work"], device, time.total_s, time.dtype)
    parts["usd_per_thousand"] = usd_per_thousand(device, time.total_s, batch)
    return _stored(parts) or _unsure(parts) or _timed(time, deadline_s, parts)


def _without_time(sentence: str, parts: dict[str, Any]) -> Verdict:
    return ("fit" in parts and _stored(parts)) or Verdict("unknown", sentence, **parts)


def _stored(parts: dict[str, Any]) -> Verdict | None:
    """The verdict 'memory', None where nothing is known to be missing."""
    gap: Fit = parts["fit"]
    if gap.short == 0:
        return None
    where = "flash" if gap.flash_short else "memory"
    device: Hardware = parts["device"]
    available = device.flash_bytes if gap.flash_short else device.memory_bytes
    short = gap.flash_short or gap.memory_short
    missing, needed = grouped_digits(short), grouped_digits((available or 0) + short)
    sentence = f"out of {where}: {missing} bytes are missing of {needed}."
    return Verdict("memory", sentence, **parts)


def _unsure(parts: dict[str, Any]) -> Verdict | None:
    """The verdict 'unknown', None where every size that decides is known."""
    model, device = parts["model"], parts["device"]
    if device.memory_bytes is None:
        return Verdict("unknown", f"the memory of {device.name} is unknown.", **parts)
    if parts["storage"].live_bytes is None:
        sentence = f"the live activations of {model.name} are unknown: it may or may not fit."
        return Verdict("unknown", sentence, **parts)
    return None


def _timed(time: Time, deadline_s: float | None, parts: dict[str, Any]) -> Verdict:
    duration = f"{si(time.total_s, 's')} at least"
    if deadline_s is None or time.total_s <= deadline_s:
        return Verdict("nothing", f"it fits, and takes {duration}.", **parts)
    sentence = (
        f"too slow: {duration}, the deadline is {si(deadline_s, 's')}; {time.limit} is the limit."
    )
    return Verdict(time.limit, sentence, **parts)
