"""Devices and models as data: one row of a CSV file, one frozen object in SI units.

An empty cell is None: unknown, and never guessed into. Peaks are dense rates, not the doubled ones
of 2:4 sparsity. The files are read when the first device or model is asked for. `Catalog.extended`
adds rows of other files with the same columns.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from perfsim.errors import no_such
from perfsim.units import GB, KIB, MB, TB

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
    there is flash_bytes. bandwidth: bytes/s of that memory. on_chip_bytes: caches and other memory
    beside the arithmetic. link: bytes/s to other devices, both directions together. clock_hz: of
    the cores. Anything may be None: unknown."""

    id: str
    name: str
    kind: str
    peak: Mapping[str, float] = field(hash=False)
    fallback: Mapping[str, str | None] = field(hash=False)
    memory_bytes: float | None = None
    flash_bytes: float | None = None
    bandwidth: float | None = None
    on_chip_bytes: float | None = None
    link: float | None = None
    clock_hz: float | None = None
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
    conv_share the part of its macs that is in ordinary convolutions. A mixture of experts computes
    a token with active_params of its params, in active_experts of its experts."""

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
    vocab: int | None = None
    active_params: float | None = None
    experts: int | None = None
    active_experts: int | None = None
    train_tokens: float | None = None
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


@dataclass(frozen=True)
class Catalog:
    """Devices and models by id."""

    devices: Mapping[str, Hardware]
    models: Mapping[str, Model]

    def hardware(self, name: str) -> Hardware:
        """The device with this id. PerfsimError with the nearest ids where there is none."""
        if name not in self.devices:
            raise no_such("device", name, self.devices)
        return self.devices[name]

    def model(self, name: str) -> Model:
        """The model with this id. PerfsimError with the nearest ids where there is none."""
        if name not in self.models:
            raise no_such("model", name, self.models)
        return self.models[name]

    def extended(self, devices: Iterable[Row], models: Iterable[Row]) -> Catalog:
        """This catalog and more rows; a cell that a row of a known id fills replaces the old one.

        Rows have the columns of data/hardware.csv and data/models.csv; columns may be missing.
        """
        tables = {"hardware": rows("hardware"), "models": rows("models")}
        return Catalog(
            _all_devices(_merged(tables["hardware"], devices)),
            {row["id"]: _model(row) for row in _merged(tables["models"], models)},
        )


@cache
def catalog() -> Catalog:
    """The devices and models that come with the package."""
    return Catalog(_all_devices(rows("hardware")), {r["id"]: _model(r) for r in rows("models")})


def hardware(name: str) -> Hardware:
    """The device with this id. PerfsimError with the nearest ids where there is none."""
    return catalog().hardware(name)


def model(name: str) -> Model:
    """The model with this id. PerfsimError with the nearest ids where there is none."""
    return catalog().model(name)


def hardware_ids(kind: str | None = None) -> list[str]:
    """The ids of all devices, or of one kind: cloud_gpu, edge_soc, phone, mcu, ..."""
    return [d.id for d in catalog().devices.values() if kind in (None, d.kind)]


def model_ids(family: str | None = None) -> list[str]:
    """The ids of all models, or of one family: cnn, vit, tiny, llm, ..."""
    return [m.id for m in catalog().models.values() if family in (None, m.family)]


def rows(name: str) -> list[Row]:
    """The rows of a data file as they stand: hardware, models, dtypes, measurements."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _merged(known_rows: list[Row], more: Iterable[Row]) -> list[Row]:
    """The known rows with the filled cells of `more` in them, then the rows of new ids."""
    columns = dict.fromkeys(known_rows[0], "")
    merged = {row["id"]: row for row in known_rows}
    for row in more:
        old = merged.get(row["id"], columns)
        merged[row["id"]] = {**old, **{name: cell for name, cell in row.items() if cell}}
    return list(merged.values())


def _all_devices(hardware_rows: list[Row]) -> dict[str, Hardware]:
    fallback: dict[str, dict[str, str | None]] = {}
    for row in rows("dtypes"):
        fallback.setdefault(row["hardware_id"], {})[row["dtype"]] = row["fallback"] or None
    return {row["id"]: _device(row, fallback.get(row["id"], {})) for row in hardware_rows}


def _device(row: Row, fallback: dict[str, str | None]) -> Hardware:
    peak = {d: float(row[c]) * TB for d, c in PEAK_COLUMNS.items() if row[c]}
    peak = {dtype: rate for dtype, rate in peak.items() if rate > 0}
    ram = _number(row["ram_kib"], KIB) or _noted(row["notes"], r"RAM (\d+) KB", KIB)
    return Hardware(
        id=row["id"],
        name=row["name"] or row["id"],
        kind=row["class"],
        peak=MappingProxyType(peak),
        fallback=MappingProxyType({d: w for d, w in fallback.items() if d not in peak}),
        memory_bytes=ram if ram is not None else _number(row["mem_gb"], GB),
        flash_bytes=_number(row["flash_kib"], KIB) or _noted(row["notes"], r"flash (\d+) KB", KIB),
        bandwidth=_number(row["mem_bw_gbs"], GB),
        on_chip_bytes=_number(row["onchip_sram_mb"], MB),
        link=_number(row["link_gbs"], GB),
        clock_hz=_number(row["clock_mhz"], MB),
        tdp_w=_number(row["stress_w"] or row["tdp_w"]),
        idle_w=_number(row["idle_w"]),
        usd_per_hour=_number(row["usd_per_hour"]),
        year=_count(row["year"]),
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
        name=row["name"] or row["id"],
        family=row["family"],
        params=_number(row["params_m"], 1e6),
        macs=macs if macs is not None or gops is None else gops / 2,
        activations=_number(row["activations_m"], 1e6),
        live_elements=_number(row["live_elements"]),
        traffic_elements=_number(row["traffic_elements"]),
        conv_share=_number(row["conv_share"]),
        **{c: _count(row[c]) for c in ("layers", "hidden", "heads", "kv_heads", "ffn", "vocab")},
        active_params=_noted(row["acc_note"], r"([\d.]+)B active per token", 1e9),
        experts=_count(_group(row["acc_note"], r"\d+ of (\d+) experts")),
        active_experts=_count(_group(row["acc_note"], r"(\d+) of \d+ experts")),
        train_tokens=_number(row["train_tokens_b"], GB),
        accuracy=MappingProxyType(accuracy),
        metric=row["metric"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _number(cell: str, factor: float = 1.0) -> float | None:
    return float(f"{float(cell) * factor:.12g}") if cell else None


def _count(cell: str) -> Any:
    return int(float(cell)) if cell else None


def _group(text: str, pattern: str) -> str:
    """The group of a pattern in a note, '' where the note does not say it."""
    match = re.search(pattern, text)
    return match[1] if match else ""


def _noted(text: str, pattern: str, factor: float) -> float | None:
    return _number(_group(text, pattern), factor)
