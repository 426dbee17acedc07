"""What training a transformer costs: operations, the share of the peak that is reached, hours.

A token costs 6 operations per parameter, 2 forward and 4 backward (Kaplan et al. 2020,
arXiv:2001.08361, section 2.1), and attention 12*L*h*s more (Chowdhery et al. 2022,
arXiv:2204.02311, appendix B).
"""

from __future__ import annotations

from typing import Any

from perfsim.catalog import Hardware, Model
from perfsim.errors import PerfsimError
from perfsim.roofline import compute_dtype
from perfsim.work import need

OPS_PER_PARAMETER = 6


def token_ops(model: Model, sequence: Any = 0) -> Any:
    """Operations that training on one token costs; sequence: tokens that attention sees, 0: none.

    A mixture of experts is counted with the parameters that a token uses.
    """
    used = model.active_params or need(model.params, "parameters", model)
    attention = 12 * (model.layers or 0) * (model.hidden or 0) * sequence
    return OPS_PER_PARAMETER * used + attention


def training_ops(model: Model, tokens: Any, sequence: Any = 0) -> Any:
    """Operations of one training on `tokens` tokens: 6*N*D, and attention."""
    return token_ops(model, sequence) * tokens


def mfu(
    model: Model,
    device: Hardware,
    tokens_per_s: Any,
    devices: Any = 1,
    dtype: str = "fp16",
    sequence: Any = 0,
) -> Any:
    """Model FLOPs utilisation: the share of the peak that goes into the model's own operations.

    Recomputation does not count (Chowdhery et al. 2022, section 4.1).
    """
    peak = device.peak[compute_dtype(device, dtype)] * devices
    return tokens_per_s * token_ops(model, sequence) / peak


def device_hours(ops: Any, device: Hardware, share: Any, dtype: str = "fp16") -> Any:
    """Hours of one device for `ops` operations at `share` of its peak: the MFU."""
    smallest = share.min() if hasattr(share, "min") else share
    if smallest <= 0:
        raise PerfsimError(f"the share of the peak is more than 0, not {smallest}.")
    return ops / (device.peak[compute_dtype(device, dtype)] * share) / 3600


def training_days(hours: Any, devices: Any) -> Any:
    """Days that `hours` device-hours take on `devices` devices."""
    return hours / devices / 24
