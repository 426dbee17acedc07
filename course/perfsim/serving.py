"""A language model answers: one pass over the prompt, then one pass for each token it writes.

The prompt's tokens go through the network together (prefill), the answer's one after another
(decode). Each pass reads all weights, and decode also the keys and values of all tokens before it.
With tensor parallelism every device holds a part of each matrix, and each layer adds up twice
(Shoeybi et al. 2019, arXiv:1909.08053, section 3). Pope et al. 2022 (arXiv:2211.05102) count alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from perfsim.catalog import Hardware, Model
from perfsim.collectives import ring_traffic_bytes
from perfsim.errors import Infeasible, PerfsimError, UnknownFact
from perfsim.roofline import compute_dtype
from perfsim.units import GB
from perfsim.work import bytes_of, need

ADDS_PER_LAYER = 2
ACTIVATION_BYTES = 2
"""Bytes of an activation that devices add up: fp16, whatever the weights are kept in."""

USABLE = 0.9
"""The part of a device's memory that software plans with; vLLM's default since its first version."""


@dataclass(frozen=True)
class Efficiency:
    """What a software reaches: shares of the peak and of the bandwidth, seconds of overhead.

    link: the share of the rate between devices. layer_s: for a layer of a pass. collective_s: for an addition over devices. sequence_s: for a
    sequence in a pass. crowding: the power of the batch that is its number of unlike sequences, for
    experts: 1 where sequences choose experts independently, 0 where all choose the same. reused:
    tokens for which a weight is read once; where products have few rows it is read again for more.
    """

    compute: float = 1.0
    memory: float = 1.0
    link: float = 1.0
    layer_s: float = 0.0
    collective_s: float = 0.0
    sequence_s: float = 0.0
    crowding: float = 1.0
    reused: float = math.inf


@dataclass(frozen=True)
class Pass:
    """One pass through the network, on each device: operations, bytes from its memory, bytes sent
    to other devices, and what is counted."""

    ops: Any
    moved_bytes: Any
    sent_bytes: Any
    layers: Any
    collectives: Any
    sequences: Any

    def __mul__(self, times: Any) -> Pass:
        """The same pass `times` times."""
        return Pass(*(getattr(self, f.name) * times for f in fields(self)))

    def __add__(self, other: Pass) -> Pass:
        return Pass(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def weight_bytes(model: Model, dtype: str = "fp16") -> float:
    """Bytes of all weights, over all devices."""
    return need(model.params, "parameters", model) * bytes_of(dtype)


def kv_token_bytes(model: Model, devices: int = 1, dtype: str = "fp16") -> float:
    """Bytes of keys and values of one token on one device: 2 * layers * heads * head size.

    Heads of keys are divided among devices, or copied where there are fewer heads than devices.
    """
    heads = need(model.heads, "heads", model)
    if heads % devices:
        raise Infeasible(
            f"{model.name} has {heads:g} heads, which {devices} devices cannot share evenly: "
            f"choose a number of devices that divides {heads:g}."
        )
    kv_heads = max(1.0, (model.kv_heads or heads) / devices)
    head_size = need(model.hidden, "hidden size", model) / heads
    return 2 * need(model.layers, "layers", model) * kv_heads * head_size * bytes_of(dtype)


def prefill(
    model: Model, batch: Any, tokens: Any, devices: int = 1, dtype: str = "fp16", crowding: Any = 1
) -> Pass:
    """The pass over `batch` prompts of `tokens` tokens, on each of `devices` devices.

    A token attends to half of the prompt on average: to those before it.
    """
    ops = batch * tokens * _token_ops(model, tokens / 2) / devices
    moved = _read_bytes(model, batch**crowding * tokens, dtype) / devices
    return _pass(model, ops, moved, batch * tokens, 0 * batch, devices)


def decode(
    model: Model,
    batch: Any,
    context: Any,
    devices: int = 1,
    dtype: str = "fp16",
    crowding: Any = 1,
    cache: str | None = None,
) -> Pass:
    """The pass that writes one token for `batch` sequences of `context` tokens so far.

    cache: the type of the keys and values where it is not that of the weights.
    """
    ops = batch * _token_ops(model, context) / devices
    kept = batch * context * kv_token_bytes(model, devices, cache or dtype)
    moved = _read_bytes(model, batch**crowding, dtype) / devices + kept
    return _pass(model, ops, moved, batch, batch, devices)


def _pass(
    model: Model, ops: Any, moved: Any, tokens: Any, sequences: Any, devices: int
) -> Pass:
    layers = need(model.layers, "layers", model) + 0 * ops
    adds = (ADDS_PER_LAYER if devices > 1 else 0) * layers
    size = tokens * need(model.hidden, "hidden size", model) * ACTIVATION_BYTES
    return Pass(ops, moved, adds * ring_traffic_bytes(size, devices), layers, adds, sequences)


def _token_ops(model: Model, context: Any) -> Any:
    """Operations for a token that attends to `context` others."""
    used = model.active_params or need(model.params, "parameters", model)
    attention = need(model.layers, "layers", model) * need(model.hidden, "hidden size", model)
    return 2 * (used - _table(model)) + 4 * attention * context


def _table(model: Model) -> float:
    """Parameters of the table of embeddings: looked up, neither multiplied nor read as a whole."""
    return (model.vocab or 0) * (model.hidden or 0)


def _read_bytes(model: Model, tokens: Any, dtype: str) -> Any:
    """Bytes of weights that a pass over `tokens` tokens reads, over all devices.

    Of E experts, k for a token, tokens that choose independently touch 1-(1-k/E)**tokens.
    """
    params = need(model.params, "parameters", model) - _table(model)
    if model.experts and model.active_experts and model.active_params:
        idle = 1 - model.active_experts / model.experts
        experts = (need(model.params, "parameters", model) - model.active_params) / idle
        params = params - experts * idle**tokens
    return params * bytes_of(dtype)


def seconds(work: Pass, device: Hardware, dtype: str, reached: Efficiency) -> Any:
    """Seconds of a pass: computing, moving and the overheads, one after another."""
    if device.bandwidth is None:
        raise UnknownFact(f"the memory bandwidth of {device.name} is unknown: measure it.")
    peak = device.peak[compute_dtype(device, dtype)]
    shared = work.ops / (peak * reached.compute)
    again = work.ops / 2 * bytes_of(dtype) / reached.reused
    moved = (work.moved_bytes / reached.memory + again) / device.bandwidth
    if device.link:
        moved = moved + work.sent_bytes / (device.link / 2 * reached.link)
    counted = work.layers * reached.layer_s + work.collectives * reached.collective_s
    return shared + moved + counted + work.sequences * reached.sequence_s


def room_bytes(model: Model, device: Hardware, devices: int = 1, dtype: str = "fp16") -> float:
    """Bytes on one device that are left for keys and values; Infeasible where weights do not fit."""
    if device.memory_bytes is None:
        raise UnknownFact(f"the memory of {device.name} is unknown.")
    weights = weight_bytes(model, dtype) / devices
    room = USABLE * device.memory_bytes - weights
    if room <= 0:
        raise Infeasible(
            f"{model.name} in {dtype} does not fit: its weights need {weights / GB:.1f} GB on each "
            f"of {devices} x {device.name}, which offers {USABLE * device.memory_bytes / GB:.1f} GB."
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
    """How many sequences of `tokens` tokens fit beside the weights, as a real number, at least 1."""
    room = room_bytes(model, device, devices, dtype)
    fitting = room / (tokens * kv_token_bytes(model, devices, cache or dtype))
    if not hasattr(fitting, "shape"):
        return max(1.0, fitting)
    import numpy as np

    return np.maximum(1.0, fitting)


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
    written: Any = 128,
    devices: int = 1,
    dtype: str = "fp16",
    reached: Efficiency | None = None,
) -> Answer:
    """A batch of requests of `prompt` tokens, each answered with `written` tokens.

    Infeasible where the weights do not fit, or the devices cannot share the heads evenly.
    """
    _positive(batch=batch, prompt=prompt, written=written, devices=devices)
    reached = reached or Efficiency()
    waves = waves_of(model, device, batch, prompt + written, devices, dtype)
    start, step = passes(model, batch / waves, prompt, written, devices, dtype, reached.crowding)
    first, token = (seconds(work, device, dtype, reached) for work in (start, step))
    total = waves * (first + written * token)
    held = batch / waves * (prompt + written) * kv_token_bytes(model, devices, dtype)
    return Answer(first, token, total, batch * written / total, waves, held)


def passes(
    model: Model,
    batch: Any,
    prompt: Any,
    written: Any,
    devices: int = 1,
    dtype: str = "fp16",
    crowding: Any = 1,
    cache: str | None = None,
) -> tuple[Pass, Pass]:
    """The pass over the prompts, and the average one of those that write a token."""
    middle = prompt + written / 2
    return (
        prefill(model, batch, prompt, devices, dtype, crowding),
        decode(model, batch, middle, devices, dtype, crowding, cache),
    )


def waves_of(
    model: Model, device: Hardware, batch: Any, tokens: Any, devices: int, dtype: str
) -> Any:
    """How many turns a batch takes whose keys and values do not all fit; 1 where they do."""
    share = batch / (concurrent(model, device, tokens, devices, dtype) // 1)
    return -(-share // 1)


def _positive(**amounts: Any) -> None:
    for name, amount in amounts.items():
        smallest = amount.min() if hasattr(amount, "min") else amount
        if not smallest > 0:
            raise PerfsimError(f"{name} is a number above 0, not {smallest}.")
