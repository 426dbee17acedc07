"""Devices and models as data: one row of a CSV file, one frozen object in SI units.

An empty cell is None: unknown, and never guessed into. Peaks are dense rates, not the doubled ones
of 2:4 sparsity. The files are read when the first device or model is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from perfsim.errors import no_such
from perfsim.units import GB, KIB, TB

DATA = Path(__file__).parent / "data"
Row = dict[str, str]

PEAK_COLUMNS = {
    "fp32": "fp32_tflops",
    "tf32": "tf32_tflops",
    "fp16": "fp16_bf16_tflops",
    "fp8": "fp8_tflops",
    "int8": "int8_tops",
    "fp4": "fp4_tflops",
}


@dataclass(frozen=True)
class Hardware:
    """A device. peak: operations/s by dtype, dense. fallback: a dtype it cannot compute in -> the
    wider one it uses instead, or None. memory_bytes: where activations live, and weights too unless
    there is flash_bytes. bandwidth: bytes/s of that memory. Anything may be None: unknown."""

    id: str
    name: str
    kind: str
    peak: Mapping[str, float] = field(hash=False)
    fallback: Mapping[str, str | None] = field(hash=False)
    memory_bytes: float | None = None
    flash_bytes: float | None = None
    bandwidth: float | None = None
    tdp_w: float | None = None
    idle_w: float | None = None
    usd_per_hour: float | None = None
    year: int | None = None
    source: str = ""
    confidence: str = ""
    notes: str = ""

    def facts(self) -> dict[str, Any]:
        """What a calculation needs, as a plain dictionary."""
        return {
            "peak": dict(self.peak),
            "fallback": dict(self.fallback),
            "memory_bytes": self.memory_bytes,
            "flash_bytes": self.flash_bytes,
            "bandwidth": self.bandwidth,
        }


@dataclass(frozen=True)
class Model:
    """A network. macs and activations are counts for one sample; live_elements is the largest
    number of activations that must exist at one time; traffic_elements those read and written;
    conv_share the part of its macs that is in ordinary convolutions."""

    id: str
    name: str
    family: str
    params: float | None = None
    macs: float | None = None
    activations: float | None = None
    live_elements: float | None = None
    traffic_elements: float | None = None
    conv_share: float | None = None
    layers: int | None = None
    hidden: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    ffn: int | None = None
    accuracy: Mapping[str, float] = field(default_factory=dict, hash=False)
    metric: str = ""
    source: str = ""
    confidence: str = ""

    def facts(self) -> dict[str, Any]:
        """What a calculation needs, as a plain dictionary."""
        return {
            "params": self.params,
            "macs": self.macs,
            "activations": self.activations,
            "live_elements": self.live_elements,
        }


def hardware(name: str) -> Hardware:
    """The device with this id. PerfsimError with the nearest ids where there is none."""
    try:
        return _devices()[name]
    except KeyError:
        raise no_such("device", name, _devices()) from None


def model(name: str) -> Model:
    """The model with this id. PerfsimError with the nearest ids where there is none."""
    try:
        return _models()[name]
    except KeyError:
        raise no_such("model", name, _models()) from None


def hardware_ids(kind: str | None = None) -> list[str]:
    """The ids of all devices, or of one kind: cloud_gpu, edge_soc, phone, mcu, ..."""
    return [d.id for d in _devices().values() if kind in (None, d.kind)]


def model_ids(family: str | None = None) -> list[str]:
    """The ids of all models, or of one family: cnn, vit, tiny, llm, ..."""
    return [m.id for m in _models().values() if family in (None, m.family)]


def rows(name: str) -> list[Row]:
    """The rows of a data file as they stand: hardware, models, dtypes, measurements."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _devices() -> dict[str, Hardware]:
    fallback: dict[str, dict[str, str | None]] = {}
    for row in rows("dtypes"):
        fallback.setdefault(row["hardware_id"], {})[row["dtype"]] = row["fallback"] or None
    return {row["id"]: _device(row, fallback.get(row["id"], {})) for row in rows("hardware")}


@cache
def _models() -> dict[str, Model]:
    return {row["id"]: _model(row) for row in rows("models")}


def _device(row: Row, fallback: dict[str, str | None]) -> Hardware:
    peak = {d: float(row[c]) * TB for d, c in PEAK_COLUMNS.items() if row[c]}
    on_chip = _number(row["ram_kib"], KIB)
    return Hardware(
        id=row["id"],
        name=row["name"],
        kind=row["class"],
        peak=MappingProxyType(peak),
        fallback=MappingProxyType(fallback),
        memory_bytes=on_chip if on_chip is not None else _number(row["mem_gb"], GB),
        flash_bytes=_number(row["flash_kib"], KIB),
        bandwidth=_number(row["mem_bw_gbs"], GB),
        tdp_w=_number(row["stress_w"] or row["tdp_w"]),
        idle_w=_number(row["idle_w"]),
        usd_per_hour=_number(row["usd_per_hour"]),
        year=int(row["year"]) if row["year"] else None,
        source=row["source"],
        confidence=row["confidence"],
        notes=row["notes"],
    )


def _model(row: Row) -> Model:
    gops = _number(row["gflops_2xmac"], GB)
    macs = _number(row["gmacs"], GB)
    accuracy = {d: float(row[f"acc_{d}"]) for d in ("fp32", "fp16", "int8") if row[f"acc_{d}"]}
    return Model(
        id=row["id"],
        name=row["name"],
        family=row["family"],
        params=_number(row["params_m"], 1e6),
        macs=macs if macs is not None or gops is None else gops / 2,
        activations=_number(row["activations_m"], 1e6),
        live_elements=_number(row["live_elements"]),
        traffic_elements=_number(row["traffic_elements"]),
        conv_share=_number(row["conv_share"]),
        **{c: _count(row[c]) for c in ("layers", "hidden", "heads", "kv_heads", "ffn")},
        accuracy=MappingProxyType(accuracy),
        metric=row["metric"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _number(cell: str, factor: float = 1.0) -> float | None:
    return float(f"{float(cell) * factor:.12g}") if cell else None


def _count(cell: str) -> Any:
    return int(cell) if cell else None
