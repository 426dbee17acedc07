"""What must be stored during inference, where, and how many bytes are missing.

Weights live in the device's memory, or in flash where it has flash, as on a microcontroller.
Activations need room for those that are alive at the same time, not for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Hardware, Model
from perfsim.work import bytes_of, need, reads_tokens


@dataclass(frozen=True)
class Storage:
    """Bytes needed for weights, live activations and the key-value cache of a transformer.

    live_bytes is None where it is unknown; the sum is then what is needed at least.
    """

    weight_bytes: Any
    live_bytes: Any
    kv_bytes: Any

    @property
    def total_bytes(self) -> Any:
        return self.weight_bytes + self.working_bytes

    @property
    def working_bytes(self) -> Any:
        """What must be in RAM even where the weights stay in flash."""
        return self.kv_bytes + (0 if self.live_bytes is None else self.live_bytes)


@dataclass(frozen=True)
class Fit:
    """Bytes missing in memory and in flash: 0 where it fits, None where a size is unknown."""

    memory_short: Any
    flash_short: Any = 0.0

    @property
    def short(self) -> Any:
        """All missing bytes that are known of."""
        return sum(s for s in (self.memory_short, self.flash_short) if s is not None)


def storage(model: Model, dtype: str = "fp32", batch: Any = 1, tokens: Any = 1) -> Storage:
    """The bytes that inference on `batch` samples (of `tokens` tokens) must hold."""
    size = bytes_of(dtype)
    live = live_elements(model, tokens)
    return Storage(
        weight_bytes=need(model.params, "parameters", model) * size,
        live_bytes=None if live is None else live * size * batch,
        kv_bytes=kv_elements(model, tokens) * size * batch,
    )


def live_elements(model: Model, tokens: Any = 1) -> Any:
    """The most activations alive at one time, for one sample; None where unknown.

    For a transformer the widest point of a block: input, residual and the hidden layer of its MLP.
    """
    if model.live_elements is not None:
        return model.live_elements
    if reads_tokens(model) and model.hidden and model.ffn:
        return (2 * model.hidden + model.ffn) * tokens
    return None


def kv_elements(model: Model, tokens: Any = 1) -> Any:
    """Keys and values of one sequence: 2 * layers * kv_heads * head_size * tokens; 0 without."""
    if not (model.kv_heads and model.heads and model.hidden and model.layers):
        return 0.0
    return 2.0 * model.layers * model.kv_heads * (model.hidden // model.heads) * tokens


def fit(need: Storage, device: Hardware) -> Fit:
    """The bytes that are missing on `device`."""
    if device.flash_bytes is not None:
        return Fit(
            memory_short=missing(need.working_bytes, device.memory_bytes),
            flash_short=missing(need.weight_bytes, device.flash_bytes),
        )
    return Fit(memory_short=missing(need.total_bytes, device.memory_bytes))


def missing(required: Any, available: float | None) -> Any:
    """max(0, needed - available), elementwise for arrays; None where `available` is unknown."""
    if available is None:
        return None
    short = required - available
    return short * (short > 0)
