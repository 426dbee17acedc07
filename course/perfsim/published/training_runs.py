"""Rows of training: hours of a pre-training, the share of the peak, minutes to a quality.

Hours are 6*N*D operations over the peak, divided by the share that is reached. Minutes to a quality
count the samples that are needed: more of them, the more devices share a batch (Shallue et al.
2019, arXiv:1811.03600), here samples + growth * devices**0.6.
"""

from __future__ import annotations

from perfsim.catalog import Hardware, Model
from perfsim.errors import UnknownFact
from perfsim.published.language import vendor_of
from perfsim.published.networks import sample_of
from perfsim.published.rates import peak_of
from perfsim.published.rows import TIMES, Published, per_unit
from perfsim.published.terms import Terms
from perfsim.training import training_ops

GROWTH = 0.6
"""The power of the number of devices with which the needed samples grow: the one of 0.3, 0.4
... 1 with the least error on the fit sets of NVIDIA."""

TO_QUALITY = {"resnet50": 40e6, "bert_large": 2.5e6}
"""Samples that the smallest submissions need, about: 31 epochs of ImageNet (MLPerf Training), and
sequences of 512 tokens for BERT. A constant of the fit corrects them."""

BERT_TOKENS = 512
BACKWARD = 3
"""Operations and traffic of a training step over those of its forward pass (Kaplan et al. 2020)."""

COUNTED = "as counted"
SHARES = ("mfu", "hfu", "tflops_per_gpu")
HOURS = ("gpu_hours", "chip_hours")


def training_terms(row: Published, device: Hardware | None, model: Model | None) -> Terms:
    """The terms of a row about training. UnknownFact for a metric that is no cost of training."""
    if row.metric in SHARES:
        return _share(row, device)
    if model is None:
        raise UnknownFact(f"the model '{row.model}' has no model_id: add a row with --models.")
    if row.metric == "train_flops":
        return Terms(_GROUP, (COUNTED,), {"ops": training_ops(model, _tokens(model))})
    if device is None:
        raise UnknownFact(f"the device '{row.hardware}' has no hardware_id: add one.")
    if row.metric in HOURS:
        return _hours(row, device, model)
    if row.metric == "time_to_train":
        return _to_quality(row, device, model)
    raise UnknownFact(
        f"'{row.metric}' is not a cost of training: known are {', '.join((*SHARES, *HOURS))}, "
        "train_flops and time_to_train."
    )


_GROUP = "training, pre-training"


def _share(row: Published, device: Hardware | None) -> Terms:
    """A share of the peak is what the constant says, whatever the model."""
    scale = 1.0
    if row.metric == "tflops_per_gpu":
        if device is None:
            raise UnknownFact(f"the device '{row.hardware}' has no hardware_id: add one.")
        scale = peak_of(device, row.precision).ops_per_s / 1e12
    return Terms(
        group=_GROUP,
        setups=("pre-training",),
        amounts={"peak": 1.0},
        scale=scale,
        is_rate=True,
        floor=1.0,
        floor_reason="a share of the peak is at most 1",
    )


def _hours(row: Published, device: Hardware, model: Model) -> Terms:
    peak = peak_of(device, row.precision).ops_per_s
    least = training_ops(model, _tokens(model)) / peak
    return Terms(
        group=_GROUP,
        setups=("pre-training",),
        amounts={"peak": least},
        scale=per_unit(row, TIMES),
        floor=least,
        floor_reason="six operations for each parameter and token, at the peak",
    )


def _tokens(model: Model) -> float:
    if model.train_tokens is None:
        raise UnknownFact(f"the number of tokens {model.name} was trained on is unknown: add it.")
    return model.train_tokens


def _to_quality(row: Published, device: Hardware, model: Model) -> Terms:
    if model.id not in TO_QUALITY:
        raise UnknownFact(
            f"the samples that {model.name} needs to its quality are unknown; known are those of "
            f"{' and '.join(TO_QUALITY)}."
        )
    devices = row.devices or 1
    ops, elements = _step(model)
    computing = BACKWARD * ops * TO_QUALITY[model.id] / peak_of(device, "fp16").ops_per_s
    moving = BACKWARD * elements * 2 * TO_QUALITY[model.id] / (device.bandwidth or float("inf"))
    return Terms(
        group="training, to a quality",
        setups=(f"to the quality of {model.id} on {vendor_of(device)}",),
        amounts={
            "compute": computing / devices,
            "memory": moving / devices,
            "growth compute": computing / devices * devices**GROWTH,
            "growth steps": TO_QUALITY[model.id] / devices * devices**GROWTH,
        },
        scale=per_unit(row, TIMES),
    )


def _step(model: Model) -> tuple[float, float]:
    """Operations and moved elements of one sample, forward."""
    if model.macs is not None:
        sample = sample_of(model)
        return sample.ops, sample.elements
    used = (model.params or 0) - (model.vocab or 0) * (model.hidden or 0)
    layers, hidden, ffn = model.layers or 0, model.hidden or 0, model.ffn or 0
    attention = 4 * layers * hidden * BERT_TOKENS**2
    elements = 2 * layers * (6 * hidden + 2 * ffn) * BERT_TOKENS
    return 2 * used * BERT_TOKENS + attention, elements
