"""Predictions beside published measurements: `python -m perfsim.validate` prints the table.

First the bare roofline, which knows no efficiency and so predicts too little time. Then the same
roofline after one measurement for each device and software, declared in `FIT` and judged on the
rest: a time predicts times, and an energy predicts energies in proportion to time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perfsim.catalog import Hardware, hardware, model, rows
from perfsim.efficiency import FITTED_ON, ease
from perfsim.energy import floor_j
from perfsim.roofline import compute_dtype, roofline
from perfsim.work import work

OFFLINE_BATCH = 64
"""Offline submissions do not publish their batch; from here on the weights' share is small."""

KWS_PER_BOARD = "the keyword-spotting row of each board and software"


@dataclass(frozen=True)
class Row:
    """A published measurement and the bare prediction of the same quantity, in the same unit.

    scales: what the quantity is in proportion to, once the device has been measured.
    """

    id: str
    group: str
    device: str
    model: str
    quantity: str
    predicted: float
    measured: float
    scales: float
    setup: str

    @property
    def ratio(self) -> float:
        return self.predicted / self.measured


def expressible() -> list[Row]:
    """Every published row that this model can express: one device, one model, time or energy."""
    expressible_rows = []
    for row in rows("measurements"):
        kind = _kind(row)
        if kind and row["hardware_id"] and row["model_id"] and row["n_devices"] == "1":
            device, dtype = hardware(row["hardware_id"]), row["precision"]
            if _is_known(device, dtype):
                expressible_rows.append(_row(row, device, dtype, kind))
    return expressible_rows


def _kind(row: dict[str, str]) -> str:
    """Which table the row belongs to, '' where this model cannot express it."""
    kinds = {
        ("inference", "throughput", "Offline"): "offline",
        ("inference", "throughput", "steady-state"): "steady",
        ("inference", "latency_p90", "SingleStream"): "single",
        ("tiny", "latency", "SingleStream"): "tiny",
        ("tiny", "energy", "energy mode"): "tiny energy",
    }
    kind = kinds.get((row["domain"], row["metric"], row["scenario"]), "")
    counted = row["model_id"] and model(row["model_id"]).macs is not None if kind else False
    return kind if counted else ""


def _is_known(device: Hardware, dtype: str) -> bool:
    return dtype in device.peak or device.fallback.get(dtype) in device.peak


def _row(row: dict[str, str], device: Hardware, dtype: str, kind: str) -> Row:
    tiny = "tiny" in kind
    predicted = _PREDICT[kind](row, device, dtype)
    scales = _latency_ms(row, device, dtype) / ease(model(row["model_id"])) if tiny else predicted
    return Row(
        id=row["id"],
        group=kind,
        device=device.id,
        model=row["model_id"],
        quantity=f"{row['metric']}, {row['unit']}",
        predicted=predicted,
        measured=float(row["value"]),
        scales=scales,
        setup=f"{row['hardware']} {row['software']}" if tiny else "",
    )


def _batch(row: dict[str, str]) -> int:
    return int(row["batch"] or OFFLINE_BATCH)


def _throughput(row: dict[str, str], device: Hardware, dtype: str) -> float:
    batch = _batch(row)
    return batch / roofline(work(model(row["model_id"]), dtype, batch), device, dtype).total_s


def _latency_ms(row: dict[str, str], device: Hardware, dtype: str) -> float:
    return 1e3 * roofline(work(model(row["model_id"]), dtype), device, dtype).total_s


def _energy_uj(row: dict[str, str], device: Hardware, dtype: str) -> float:
    used = compute_dtype(device, dtype)
    return 1e6 * floor_j(work(model(row["model_id"]), dtype), device, used)


_PREDICT: dict[str, Callable[[dict[str, str], Hardware, str], float]] = {
    "offline": _throughput,
    "steady": _throughput,
    "single": _latency_ms,
    "tiny": _latency_ms,
    "tiny energy": _energy_uj,
}

FIT = {
    "offline": ("m0093", "ResNet-50 Offline on the A100 SXM"),
    "tiny": ("", KWS_PER_BOARD),
    "tiny energy": ("", KWS_PER_BOARD),
}
"""The rows a factor may be fitted on; other predictions are multiplied by measured/predicted."""


@dataclass(frozen=True)
class HeldOutRow:
    """A row that was not fitted on, and its prediction after calibration."""

    row: Row
    predicted: float

    @property
    def ratio(self) -> float:
        return self.predicted / self.row.measured


def held_out(predictions: list[Row]) -> list[HeldOutRow]:
    """Calibrated predictions for the rows outside the fit set, where a fit row stands for them."""
    factors = {(r.group, r.setup): r.measured / r.scales for r in predictions if _is_fit(r)}
    uncalibrated = [
        row for row in predictions if not _is_used(row) and (row.group, row.setup) in factors
    ]
    return [HeldOutRow(row, row.scales * factors[row.group, row.setup]) for row in uncalibrated]


def _is_fit(row: Row) -> bool:
    """Whether the row calibrates its setup."""
    if row.group not in FIT:
        return False
    named = FIT[row.group][0]
    return row.id == named if named else row.model == "mlpt_kws"


def _is_used(row: Row) -> bool:
    """Whether anything was fitted on the row, so that it proves nothing."""
    return _is_fit(row) or row.id in FITTED_ON


def error(ratio: float) -> float:
    """|predicted - measured| / measured."""
    return abs(ratio - 1)


def validate(write_line: Callable[[str], None] = print) -> list[Row]:
    """Prints each prediction beside its measurement, and the median error of each group."""
    predictions = expressible()
    calibrated = {held_row.row.id: held_row for held_row in held_out(predictions)}
    write_line("row    device        model         predicted   measured  ratio  fitted")
    for row in predictions:
        held_row = calibrated.get(row.id)
        fitted = "fit" if _is_used(row) else f"{held_row.ratio:.2f}" if held_row else ""
        write_line(
            f"{row.id:6} {row.device:13} {row.model:12} {row.predicted:10.4g} {row.measured:10.4g}"
            f" {row.ratio:6.2f}  {fitted:>6}  {row.quantity}"
        )
    for group in sorted({row.group for row in predictions}):
        write_line(_summary(group, predictions, list(calibrated.values())))
    return predictions


def _summary(group: str, predictions: list[Row], calibrated: list[HeldOutRow]) -> str:
    mine = [row.ratio for row in predictions if row.group == group]
    uncalibrated = f"{group}: {len(mine)} rows, predicted/measured median {np.median(mine):.2f}"
    ratios = [held_row.ratio for held_row in calibrated if held_row.row.group == group]
    if not ratios:
        return f"{uncalibrated}; nothing fitted."
    median, mean = (100 * f([error(r) for r in ratios]) for f in (np.median, np.mean))
    return (
        f"{uncalibrated}; fitted on {FIT[group][1]}: error on {len(ratios)} held-out rows "
        f"median {median:.0f} %, mean {mean:.0f} %."
    )


if __name__ == "__main__":
    validate()
