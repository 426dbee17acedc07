"""A language model answers a batch of requests: how long, in how many turns, with which software.

`passes` counts what each pass through the network asks for; here it takes time. Ideal is what the
data sheet allows; `Efficiency` says what a software reaches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Hardware, Model
from perfsim.errors import Infeasible, PerfsimError, UnknownFact
from perfsim.passes import Pass, kv_token_bytes, passes, weight_bytes
from perfsim.roofline import compute_dtype
from perfsim.units import GB

USABLE = 0.9
"""The part of a device's memory that software plans with: vLLM's gpu_memory_utilization."""


@dataclass(frozen=True)
class Efficiency:
    """What a software reaches: shares of the peak, of the bandwidth and of the link, and seconds.

    layer_s: for a layer of a pass. collective_s: for an addition over devices. sequence_s: for a
    sequence in a pass. crowding: the power of the batch that is its number of unlike sequences, for
    experts: 1 where sequences choose experts independently, 0 where all choose the same. reused:
    sequences for which a weight is read once in decode; for more it is read again.
    """

    compute: float = 1.0
    memory: float = 1.0
    link: float = 1.0
    layer_s: float = 0.0
    collective_s: float = 0.0
    sequence_s: float = 0.0
    crowding: float = 1.0
    reused: float = math.inf

    def constants(self) -> dict[str, float]:
        """What each of the `amounts` of a pass is multiplied with."""
        return {
            "compute": 1 / self.compute,
            "memory": 1 / self.memory,
            "link": 1 / self.link,
            "reread": 1 / self.reused,
            "layer": self.layer_s,
            "collective": self.collective_s,
            "sequence": self.sequence_s,
        }


SHEET = ("compute", "memory", "link")
"""The amounts that are seconds at the rates of the data sheet: no software needs fewer."""


def amounts(work: Pass, device: Hardware, ops_per_s: float) -> dict[str, Any]:
    """What a pass asks for: seconds at the data sheet's rates, and counts.

    link: seconds in one direction. reread: seconds in which decode reads the weights for each
    sequence, as where a product of few rows reuses nothing. UnknownFact for several devices whose
    link is unknown.
    """
    if device.bandwidth is None:
        raise UnknownFact(f"the memory bandwidth of {device.name} is unknown: measure it.")
    if not device.link and _largest(work.collectives):
        raise UnknownFact(
            f"the link between several {device.name} is unknown: use one device, or add link_gbs "
            "to the row of this device."
        )
    return {
        "compute": work.ops / ops_per_s,
        "memory": work.moved_bytes / device.bandwidth,
        "link": work.sent_bytes / (device.link / 2) if device.link else 0.0,
        "reread": work.unshared_bytes / device.bandwidth,
        "layer": work.layers,
        "collective": work.collectives,
        "sequence": work.sequences,
    }


def seconds(work: Pass, device: Hardware, dtype: str, reached: Efficiency) -> Any:
    """Seconds of a pass: computing, moving and the overheads, one after another."""
    constants = reached.constants()
    amounts_by_name = amounts(work, device, device.peak[compute_dtype(device, dtype)])
    return sum(amount * constants[name] for name, amount in amounts_by_name.items())


def room_bytes(model: Model, device: Hardware, devices: int = 1, dtype: str = "fp16") -> float:
    """Bytes on a device that are left for keys and values; Infeasible where weights do not fit."""
    if device.memory_bytes is None:
        raise UnknownFact(f"the memory of {device.name} is unknown.")
    weights = weight_bytes(model, dtype) / devices
    room = USABLE * device.memory_bytes - weights
    if room <= 0:
        raise Infeasible(
            f"{model.name} in {dtype} does not fit: its weights need {weights / GB:.1f} GB on each "
            f"of {devices} x {device.name}, which has {USABLE * device.memory_bytes / GB:.1f} GB "
            "for them. Use more devices, or fewer bits."
        )
    return room


def concurrent(
    model: Model,
    device: Hardware,
    tokens: Any,
    devices: int = 1,
    dtype: str = "fp16",
    cache: str | None = None,
) -> Any:
    """How many sequences of `tokens` tokens fit beside the weights, a real number.

    Infeasible where none does: for an array, where its longest does not fit.
    """
    room = room_bytes(model, device, devices, dtype)
    token_bytes = kv_token_bytes(model, devices, cache or dtype)
    longest = _largest(tokens)
    if longest * token_bytes > room:
        raise Infeasible(
            f"the cache of one sequence of {longest:,.0f} tokens does not fit beside the weights: "
            f"it needs {longest * token_bytes / GB:.1f} GB, and {room / GB:.1f} GB are left on "
            f"each of {devices} x {device.name}. Use shorter sequences, more devices, or fewer "
            "bits."
        )
    return room / (tokens * token_bytes)


def _largest(amount: Any) -> Any:
    return amount.max() if hasattr(amount, "max") else amount


@dataclass(frozen=True)
class Answer:
    """What a batch of requests costs: seconds to the first token, for each further one, and in all.

    waves: how often the batch is taken up, where the keys and values of all do not fit at once.
    """

    first_token_s: Any
    token_s: Any
    total_s: Any
    tokens_per_s: Any
    waves: Any
    kv_bytes: Any


def answer(
    model: Model,
    device: Hardware,
    batch: Any = 1,
    prompt: Any = 512,
    reply: Any = 128,
    devices: int = 1,
    dtype: str = "fp16",
    reached: Efficiency | None = None,
) -> Answer:
    """A batch of requests of `prompt` tokens, each answered with `reply` tokens.

    Infeasible where the weights do not fit, or the devices cannot share the heads evenly.
    """
    _positive(batch=batch, prompt=prompt, reply=reply, devices=devices)
    reached = reached or Efficiency()
    waves, start, step = turns(
        model, device, batch, prompt, reply, devices, dtype, reached.crowding
    )
    first, token = (seconds(work, device, dtype, reached) for work in (start, step))
    total = waves * (first + reply * token)
    kv_bytes = batch / waves * (prompt + reply) * kv_token_bytes(model, devices, dtype)
    return Answer(first, token, total, batch * reply / total, waves, kv_bytes)


def turns(
    model: Model,
    device: Hardware,
    batch: Any,
    prompt: Any,
    reply: Any,
    devices: int = 1,
    dtype: str = "fp16",
    crowding: Any = 1,
    cache: str | None = None,
) -> tuple[Any, Pass, Pass]:
    """How many turns a batch takes, 1 where all keys and values fit, and the passes of a turn:
    over its prompts, and the average one of those that write a token."""
    share = batch / (concurrent(model, device, prompt + reply, devices, dtype, cache) // 1)
    waves = -(-share // 1)
    turn_passes = passes(model, batch / waves, prompt, reply, devices, dtype, crowding, cache)
    return waves, *turn_passes


def _positive(**amounts: Any) -> None:
    for name, amount in amounts.items():
        smallest = amount.min() if hasattr(amount, "min") else amount
        if not smallest > 0:
            raise PerfsimError(f"{name} is a number above 0, not {smallest}.")
