"""Calibrate once, predict the rest: the share of the roofline that a device was seen to reach.

One measured time gives the share, and the share predicts other models on the same device and
software. A multiply-accumulate of an ordinary convolution is cheaper than one of a depthwise
separable layer, which reuses less; by how much is one constant, fitted on one declared board.
"""

from __future__ import annotations

from perfsim.catalog import Hardware, Model
from perfsim.roofline import roofline
from perfsim.work import work

CONVOLUTION_COST = 0.69
"""Time of a multiply-accumulate in an ordinary convolution over that of one in a separable or dense
layer. Fitted on two published rows: m0482 (image classification) and m0484 (keyword spotting) of
the MLPerf Tiny reference board, ST NUCLEO-L4R5ZI with X-CUBE-AI, MLPerf Tiny v1.1."""

FITTED_ON = ("m0482", "m0484")


def ease(model: Model) -> float:
    """How much more of the peak `model` reaches than one without ordinary convolutions; 1 where the
    catalog does not say what its layers are."""
    if model.conv_share is None:
        return 1.0
    return 1 / (1 - model.conv_share + CONVOLUTION_COST * model.conv_share)


def reached(model: Model, device: Hardware, dtype: str, measured_s: float, batch: int = 1) -> float:
    """The share of its roofline that `device` reached when `model` took `measured_s`, apart from
    what the layers of the model make easy."""
    ideal = roofline(work(model, dtype, batch), device, dtype).total_s
    return ideal / measured_s / ease(model)


def predict_s(model: Model, device: Hardware, dtype: str, share: float, batch: int = 1) -> float:
    """Seconds of `model` on a device that reaches `share` of its roofline."""
    efficiency = share * ease(model)
    return roofline(work(model, dtype, batch), device, dtype, efficiency=efficiency).total_s
