"""One model on one device, asked in one call: does it fit, how long, what energy, what price?

A language model is answered with prefill and decode, another network with one pass. The ideal is
what physics allows; beside it stands what a measured software reaches, where constants are known.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from perfsim.catalog import Hardware, Model
from perfsim.cost import usd_per_thousand
from perfsim.energy import Energy, bounds
from perfsim.errors import Infeasible
from perfsim.memory import fit, storage
from perfsim.passes import kv_token_bytes, passes, weight_bytes
from perfsim.roofline import compute_dtype, roofline
from perfsim.serving import Efficiency, answer
from perfsim.units import grouped_digits
from perfsim.work import Work, reads_tokens, work


@dataclass(frozen=True)
class Line:
    """A line of an answer: what of what, how much at best and with the software, unit, source."""

    what: str
    ideal: Any
    reached: Any
    unit: str
    source: str


@dataclass(frozen=True)
class Estimate:
    """The lines of an answer, and the sentences that belong to it."""

    model: str
    device: str
    lines: list[Line]
    notes: list[str]

    def plain(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return asdict(self)


ROOFLINE = "Williams et al. 2009: the slower of computing and moving, at the data sheet's rates"
PASSES = "Pope et al. 2022: operations, weights and cache of each pass, at the data sheet's rates"


CROWDED = "most sequences of a batch are taken to choose the same experts, at best as well."
RENT = "usd_per_hour of data/hardware.csv, one provider's price on the date that stands there"


def estimate(
    model: Model,
    device: Hardware,
    batch: int = 1,
    prompt: int = 512,
    reply: int = 128,
    dtype: str = "fp16",
    devices: int = 1,
    reached: Efficiency | None = None,
    software: str = "",
) -> Estimate:
    """The answer for a batch. Infeasible where it cannot run, UnknownFact where a fact is missing.

    prompt, reply: tokens, for a language model alone. reached: what a software reaches.
    """
    used = compute_dtype(device, dtype)
    notes = [] if used == dtype else [f"{device.name} computes {dtype} in {used}."]
    if model.macs is None and model.heads and model.family != "encoder":
        lines = _language(model, device, batch, prompt, reply, dtype, devices, reached, software)
        if model.experts and reached and reached.crowding < 1:
            notes.append(f"{software} was measured on one prompt repeated: {CROWDED}")
    else:
        lines = _network(model, device, batch, dtype, prompt if reads_tokens(model) else 1)
        if devices > 1:
            notes.append("a network of one pass is estimated on one device.")
    return Estimate(model.id, device.id, lines, notes)


def _network(model: Model, device: Hardware, batch: int, dtype: str, tokens: int) -> list[Line]:
    batch_work, needed = work(model, dtype, batch, tokens), storage(model, dtype, batch, tokens)
    gap = fit(needed, device)
    if gap.short:
        missing = grouped_digits(gap.short)
        raise Infeasible(f"{model.name} in {dtype} does not fit: {missing} bytes are missing.")
    time = roofline(batch_work, device, dtype)
    lines = [
        Line("weights", batch_work.weight_bytes, None, "B", model.source),
        Line("memory of the batch", needed.total_bytes, None, "B", "weights and live activations"),
        Line("operations of the batch", batch_work.ops, None, "op", model.source),
        Line("time of the batch", time.total_s, None, "s", ROOFLINE),
        Line("samples a second", batch / time.total_s, None, "samples/s", ROOFLINE),
    ]
    costs = _energy_and_cost(
        batch_work, device, time.total_s, None, time.dtype, batch, 1, "samples"
    )
    return lines + costs


def _language(
    model: Model,
    device: Hardware,
    batch: int,
    prompt: int,
    reply: int,
    dtype: str,
    devices: int,
    reached: Efficiency | None,
    software: str,
) -> list[Line]:
    ideal = Efficiency(crowding=reached.crowding) if reached else None  # the experts chosen
    best = answer(model, device, batch, prompt, reply, devices, dtype, ideal)
    real = answer(model, device, batch, prompt, reply, devices, dtype, reached) if reached else None
    fit = f"{PASSES}; with {software}: constants of fit_sets.toml" if real else PASSES

    def line_of(name: str, subject: str, unit: str) -> Line:
        return Line(subject, getattr(best, name), getattr(real, name) if real else None, unit, fit)

    cache = kv_token_bytes(model, devices, dtype)
    start, step = passes(model, batch, prompt, reply, devices, dtype)
    all_passes = start + step * reply
    batch_work = Work(all_passes.ops * devices, all_passes.moved_bytes * devices, 0.0)
    used = compute_dtype(device, dtype)
    reached_s = real.total_s if real else None
    return [
        Line("weights on a device", weight_bytes(model, dtype) / devices, None, "B", model.source),
        Line("cache of a token on a device", cache, None, "B", "2 * layers * key heads * size"),
        Line("cache of a turn on a device", best.kv_bytes, None, "B", "the same, for every token"),
        Line("turns of the batch", best.waves, None, "", "cache that fits beside the weights"),
        line_of("first_token_s", "first tokens of a turn", "s"),
        line_of("token_s", "each further token of a turn", "s"),
        line_of("total_s", "all tokens of the batch", "s"),
        line_of("tokens_per_s", "tokens written a second", "tokens/s"),
        *_energy_and_cost(
            batch_work, device, best.total_s, reached_s, used, batch, devices, "requests"
        ),
    ]


def _energy_and_cost(
    batch_work: Work,
    device: Hardware,
    ideal_s: Any,
    reached_s: Any,
    dtype: str,
    batch: int,
    devices: int,
    counted: str,
) -> list[Line]:
    """The floor and the ceiling of the energy of the batch on all devices, and the price of a
    thousand of what it counts."""
    floor, ceiling = bounds(batch_work, device, ideal_s, dtype)
    lines = [Line("energy of the batch, floor", floor.joules, None, "J", floor.meaning)]
    if ceiling is not None:
        lines.append(_ceiling(ceiling, ideal_s, reached_s, devices, device))
    price = usd_per_thousand(device, ideal_s, batch)
    if price is not None:
        real = None if reached_s is None else usd_per_thousand(device, reached_s, batch) * devices
        lines.append(Line(f"price of 1000 {counted}", price * devices, real, "$", RENT))
    return lines


def _ceiling(ceiling: Energy, ideal_s: Any, reached_s: Any, devices: int, device: Hardware) -> Line:
    real = None if reached_s is None else ceiling.joules / ideal_s * reached_s * devices
    source = f"{ceiling.meaning}: {device.source}"
    return Line("energy of the batch, ceiling", ceiling.joules * devices, real, "J", source)
