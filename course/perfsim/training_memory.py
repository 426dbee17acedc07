"""Bytes that training holds on each device: weights, gradients, optimizer, activations.

Adam in mixed precision keeps 16 bytes a parameter: 2 for the weight, 2 for its gradient, and 4 each
for a master copy and two moments (Rajbhandari et al. 2020, arXiv:1910.02054, section 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perfsim.catalog import Model
from perfsim.errors import PerfsimError
from perfsim.work import need

WEIGHT_BYTES, GRADIENT_BYTES, OPTIMIZER_BYTES = 2.0, 2.0, 12.0
RECOMPUTE = ("none", "selective", "full")


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes on one device."""

    weight_bytes: Any
    gradient_bytes: Any
    optimizer_bytes: Any
    activation_bytes: Any

    @property
    def total_bytes(self) -> Any:
        states = self.weight_bytes + self.gradient_bytes + self.optimizer_bytes
        return states + self.activation_bytes


def training_memory(
    model: Model,
    micro_batch: Any,
    sequence: Any,
    data_parallel: Any = 1,
    tensor_parallel: Any = 1,
    pipeline_parallel: Any = 1,
    zero: int = 0,
    recompute: str = "none",
) -> TrainingMemory:
    """The bytes on one device for Adam in mixed precision.

    zero: 0 copies everything to each of data_parallel devices; 1 divides the optimizer's state
    among them, 2 the gradients too, 3 the weights too (Rajbhandari et al. 2020, figure 1).
    """
    if zero not in (0, 1, 2, 3):
        raise PerfsimError(f"a ZeRO stage is 0, 1, 2 or 3, not {zero!r}.")
    params = need(model.params, "parameters", model) / tensor_parallel / pipeline_parallel
    shared = [data_parallel if zero >= stage else 1 for stage in (3, 2, 1)]
    activations = activation_bytes(model, micro_batch, sequence, tensor_parallel, recompute)
    return TrainingMemory(
        weight_bytes=WEIGHT_BYTES * params / shared[0],
        gradient_bytes=GRADIENT_BYTES * params / shared[1],
        optimizer_bytes=OPTIMIZER_BYTES * params / shared[2],
        activation_bytes=activations,
    )


def activation_bytes(
    model: Model,
    micro_batch: Any,
    sequence: Any,
    tensor_parallel: Any = 1,
    recompute: str = "none",
) -> Any:
    """Bytes of activations kept for the backward pass, over all layers of the model.

    s*b*h*L*(34 + 5*a*s/h) bytes; with recompute "selective" without attention's 5*a*s/h, with
    "full" the inputs of the layers alone, 2*s*b*h*L. Divided as with sequence parallelism
    (Korthikanti et al. 2022, arXiv:2205.05198, equations 2, 4 and 6). A pipeline of P stages holds
    P micro-batches of L/P layers on its first stage: as much as one micro-batch of all L.
    """
    if recompute not in RECOMPUTE:
        raise PerfsimError(f"recompute is one of {', '.join(RECOMPUTE)}, not {recompute!r}.")
    layers, hidden = (need(x, "layers", model) for x in (model.layers, model.hidden))
    one = sequence * micro_batch * hidden * layers
    if recompute == "full":
        return 2 * one
    heads = need(model.heads, "heads", model)
    attention = 0 if recompute == "selective" else 5 * heads * sequence / hidden
    return one * (34 + attention) / tensor_parallel
