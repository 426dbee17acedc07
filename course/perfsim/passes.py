"""A pass of a language model through its network, counted: operations, bytes, layers, messages.

The prompt's tokens go through the network together (prefill), the answer's one after another
(decode). Each pass reads all weights, and decode also the keys and values of all tokens before it.
With tensor parallelism every device holds a part of each matrix, and each layer adds up twice
(Shoeybi et al. 2019, arXiv:1909.08053, section 3). Pope et al. 2022 (arXiv:2211.05102) count alike.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from perfsim.catalog import Model
from perfsim.collectives import ring_traffic_bytes
from perfsim.errors import Infeasible
from perfsim.work import bytes_of, need

ADDS_PER_LAYER = 2
ACTIVATION_BYTES = 2
"""Bytes of an activation that devices add up: fp16, whatever the weights are kept in."""


@dataclass(frozen=True)
class Pass:
    """One pass through the network, on each device: operations, bytes from its memory, bytes sent
    to other devices, and what is counted.

    unshared_bytes: those of weights in decode if every sequence read them for itself.
    """

    ops: Any
    moved_bytes: Any
    unshared_bytes: Any
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
    return _pass(model, ops, moved, 0 * batch, batch * tokens, devices)


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
    cache_bytes = batch * context * kv_token_bytes(model, devices, cache or dtype)
    moved = _read_bytes(model, batch**crowding, dtype) / devices + cache_bytes
    unshared = batch * _computed(model) * bytes_of(dtype) / devices
    return _pass(model, ops, moved, batch, batch, devices, unshared)


def _pass(
    model: Model,
    ops: Any,
    moved: Any,
    sequences: Any,
    tokens: Any,
    devices: int,
    unshared: Any = 0.0,
) -> Pass:
    layers = need(model.layers, "layers", model) + 0 * ops
    adds = (ADDS_PER_LAYER if devices > 1 else 0) * layers
    size = tokens * need(model.hidden, "hidden size", model) * ACTIVATION_BYTES
    sent_bytes = adds * ring_traffic_bytes(size, devices)
    return Pass(ops, moved, unshared, sent_bytes, layers, adds, sequences)


def _token_ops(model: Model, context: Any) -> Any:
    """Operations for a token that attends to `context` others."""
    attention = need(model.layers, "layers", model) * need(model.hidden, "hidden size", model)
    return 2 * _computed(model) + 4 * attention * context


def _computed(model: Model) -> float:
    """Parameters that a token is multiplied with."""
    return (model.active_params or need(model.params, "parameters", model)) - _table(model)


def _table(model: Model) -> float:
    """Parameters of the table of embeddings: looked up, neither multiplied nor read as a whole.

    None where the output's matrix is the same table, and read for every token.
    """
    return 0.0 if shares_table(model) else float((model.vocab or 0) * (model.hidden or 0))


def shares_table(model: Model) -> bool:
    """Whether the output multiplies with the table of embeddings (Press and Wolf 2017).

    The parameters outside of the layers are then about one table, and two where it does not. False
    where the shape of the model tells neither.
    """
    table = (model.vocab or 0) * (model.hidden or 0)
    if not (table and model.params and model.layers and model.heads and model.ffn):
        return False
    outside = [(model.params - model.layers * size) / table for size in _layer_sizes(model)]
    nearest = min(outside, key=lambda tables: min(abs(tables - 1), abs(tables - 2)))
    return abs(nearest - 1) < 0.25


def _layer_sizes(model: Model) -> tuple[float, float]:
    """Parameters of a layer whose feed-forward part has two matrices, or three."""
    hidden, ffn = model.hidden or 0, (model.ffn or 0) * (model.experts or 1)
    keys = hidden * (model.kv_heads or model.heads or 1) / (model.heads or 1)
    attention = 2 * hidden * (hidden + keys)
    return attention + 2 * hidden * ffn, attention + 3 * hidden * ffn


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


def passes(
    model: Model,
    batch: Any,
    prompt: Any,
    reply: Any,
    devices: int = 1,
    dtype: str = "fp16",
    crowding: Any = 1,
    cache: str | None = None,
) -> tuple[Pass, Pass]:
    """The pass over the prompts, and the average one of those that write a token."""
    middle = prompt + reply / 2
    return (
        prefill(model, batch, prompt, devices, dtype, crowding),
        decode(model, batch, middle, devices, dtype, crowding, cache),
    )
