"""What one batch of inferences asks for: operations, bytes of weights, bytes of activations.

A convolutional network has its multiply-accumulates counted; a transformer is counted from its
shape. Weights are read once for the whole batch; every activation is written once and read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Model
from perfsim.errors import UnknownFact, no_such
from perfsim.units import DTYPE_BYTES, OPS_PER_MAC


@dataclass(frozen=True)
class Work:
    """Operations and bytes moved for a batch; weights and activations as stored in one dtype.

    activation_bytes is None where the number of activations is unknown.
    """

    ops: Any
    weight_bytes: Any
    activation_bytes: Any

    @property
    def moved_bytes(self) -> Any:
        """All bytes that are known to move; a lower bound where the activations are unknown."""
        return self.weight_bytes + (0 if self.activation_bytes is None else self.activation_bytes)

    @property
    def intensity(self) -> Any:
        """Operations per byte moved (Williams, Waterman, Patterson 2009)."""
        return self.ops / self.moved_bytes


def work(model: Model, dtype: str = "fp32", batch: Any = 1, tokens: Any = 1) -> Work:
    """The work of `batch` samples, of `tokens` tokens each for a model that reads tokens.

    UnknownFact where the catalog has neither the model's multiply-accumulates nor its parameters.
    """
    weights = need(model.params, "parameters", model) * bytes_of(dtype)
    elements = traffic_elements(model, tokens)
    activations = None if elements is None else elements * bytes_of(dtype) * batch
    return Work(operations(model, tokens) * batch, weights, activations)


def operations(model: Model, tokens: Any = 1) -> Any:
    """Operations for one sample: 2 per multiply-accumulate.

    Without a count of those, a transformer's: 2 per parameter and token (Kaplan et al. 2020,
    table 1) and 4*layers*hidden*tokens**2 for attention.
    """
    if model.macs is not None:
        return OPS_PER_MAC * model.macs
    if not reads_tokens(model):
        raise UnknownFact(f"the multiply-accumulates of {model.name} are unknown: add them.")
    attention = 4 * (model.layers or 0) * (model.hidden or 0) * tokens * tokens
    return 2 * need(model.params, "parameters", model) * tokens + attention


def traffic_elements(model: Model, tokens: Any = 1) -> Any:
    """Activations read and written for one sample; None where unknown.

    Counted where the model's layers were walked, else twice the published number of activations.
    """
    if model.traffic_elements is not None:
        return model.traffic_elements
    if model.activations is not None:
        return 2 * model.activations
    if reads_tokens(model) and model.layers and model.hidden and model.ffn:
        return 2 * model.layers * (6 * model.hidden + 2 * model.ffn) * tokens
    return None


def reads_tokens(model: Model) -> bool:
    """Whether the work depends on a number of tokens: a transformer without counted MACs."""
    return model.macs is None and model.layers is not None


def bytes_of(dtype: str) -> float:
    """Bytes of one number. PerfsimError for a dtype that is not in the table."""
    try:
        return DTYPE_BYTES[dtype]
    except KeyError:
        raise no_such("dtype", dtype, DTYPE_BYTES) from None


def need(value: float | None, fact: str, model: Model) -> float:
    """`value`, or an UnknownFact that names what is missing."""
    if value is None:
        raise UnknownFact(f"the {fact} of {model.name} are unknown: the catalog has no source.")
    return value
