"""Rows of microcontrollers: the four networks of MLPerf Tiny, milliseconds and microjoules.

A core spends more cycles on a multiply-accumulate of one layer than of another; how many depends on
the software. One keyword-spotting row of a board and software says how fast this pair is, and the
relative cost of layers says the rest (Banbury et al. 2021, arXiv:2106.07597, for the networks).
"""

from __future__ import annotations

import re

from perfsim.catalog import Hardware, Model
from perfsim.errors import UnknownFact
from perfsim.published.rows import ENERGIES, TIMES, Published, per_unit
from perfsim.published.terms import Constants, Terms
from perfsim.units import OPS_PER_MAC

CALIBRATES = "mlpt_kws"
NOMINAL = 1e9
"""Operations a second that stand for a board whose rate is unknown: its calibration row corrects
them."""

LAYERS = {"mlpt_ad": "dense", "mlpt_vww": "person", "mlpt_kws": "separable", "mlpt_ic": "ordinary"}
"""What the network of a row mostly consists of; 'person' is separable too, with larger images,
which some software computes at half the price."""

CORE = re.compile(r"Cortex-M\d+\+?|Xtensa LX\d")


def tiny_terms(
    row: Published, device: Hardware | None, model: Model, constants: Constants
) -> Terms:
    """The terms of a row about a microcontroller; device None: not in the catalog."""
    if row.metric == "latency":
        return _latency(row, device, model, constants, per_unit(row, TIMES))
    if row.metric == "energy":
        return _energy(row, device, model, constants)
    raise UnknownFact(f"the metric '{row.metric}' of tiny rows is neither latency nor energy.")


def _energy(row: Published, device: Hardware | None, model: Model, constants: Constants) -> Terms:
    """Energy is power times time: that of a calibrated board, or that of any board for a cycle."""
    setups = [f"power of {board_of(row)}"]
    amounts = {"seconds": _relative(row, device, model, constants)}
    seconds = _latency(row, device, model, constants, 1.0)
    if device and device.clock_hz and set(seconds.setups) & set(constants):
        setups.append("power of a microcontroller")
        amounts["cycles"] = device.clock_hz * seconds.cost(constants)
    return Terms("tiny, energy", tuple(setups), amounts, scale=per_unit(row, ENERGIES))


def board_of(row: Published) -> str:
    """The board and its software: what one row calibrates."""
    return f"{row.hardware_id or row.hardware} ({row.hardware}) with {row.software or 'unnamed'}"


def _latency(
    row: Published, device: Hardware | None, model: Model, constants: Constants, scale: float
) -> Terms:
    relative = _relative(row, device, model, constants)
    setups = [f"tiny on {board_of(row)}"]
    if device:
        core = core_of(device)
        setups += [f"tiny with {row.software} on {core}", f"tiny on {core}"]
    floor = OPS_PER_MAC * (model.macs or 0) / device.peak["int8"] if device else 0.0
    return Terms(
        group="tiny, latency",
        setups=tuple(setups),
        amounts={"share": relative},
        scale=scale,
        floor=floor,
        floor_reason="its operations at two multiply-accumulates a cycle, or what its core can do",
    )


def _relative(row: Published, device: Hardware | None, model: Model, constants: Constants) -> float:
    """Seconds at the core's peak, weighed by the layers that the network consists of."""
    weights = layer_terms(row, device, model)
    return weights.cost(constants)


def layer_terms(row: Published, device: Hardware | None, model: Model) -> Terms:
    """What the layers of a network cost, relative to the core's peak."""
    if model.macs is None or model.id not in LAYERS:
        raise UnknownFact(f"the layers of {model.name} are not described: its MACs alone say less.")
    peak = NOMINAL if device is None else _peak(device)
    amount = {LAYERS[model.id]: OPS_PER_MAC * model.macs / peak}
    setups = (f"layers with {row.software}", "layers")
    return Terms("tiny, layers", setups, amount, scale=TIMES["ms"])


def _peak(device: Hardware) -> float:
    if "int8" not in device.peak:
        raise UnknownFact(f"the int8 rate of {device.name} is unknown: add int8_tops to its row.")
    return device.peak["int8"]


def core_of(device: Hardware) -> str:
    """The kind of core, from the notes of the device."""
    match = CORE.search(device.notes)
    return match[0] if match else "an unnamed core"
