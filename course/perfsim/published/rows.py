"""Files of published measurements: one line of CSV, one frozen row, and what is wrong with a file.

Two sets of columns are understood: those of data/measurements.csv, and those of
data/llm_serving.csv. A sentence says which line is wrong, what was needed and what came.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfsim.errors import PerfsimError, UnknownFact

SERVING = ("hardware_id", "n_devices", "software", "model_id", "isl", "osl", "batch", "metric")
SERVING_COLUMNS = ("id", *SERVING, "value", "unit")
MEASURED_COLUMNS = (
    *("id", "domain", "metric", "value", "unit", "hardware_id", "hardware", "n_devices"),
    *("model_id", "model", "scenario", "batch", "isl", "osl", "precision", "software", "notes"),
)
HARDWARE_NUMBERS = (
    *("fp32_tflops", "tf32_tflops", "fp16_bf16_tflops", "fp8_tflops", "int8_tops", "fp4_tflops"),
    *("mem_gb", "mem_bw_gbs", "onchip_sram_mb", "ram_kib", "flash_kib", "clock_mhz", "tdp_w"),
    *("idle_w", "stress_w", "usd_per_hour", "link_gbs", "year"),
)
MODEL_NUMBERS = (
    *("params_m", "gmacs", "gflops_2xmac", "activations_m", "live_elements", "traffic_elements"),
    *("layers", "hidden", "heads", "kv_heads", "ffn", "vocab", "train_tokens_b"),
    *("acc_fp32", "acc_fp16", "acc_int8", "conv_share"),
)
TIMES = {"us": 1e6, "ms": 1e3, "s": 1.0, "min": 1 / 60, "h": 1 / 3600}
ENERGIES = {"nJ": 1e9, "uJ": 1e6, "mJ": 1e3, "J": 1.0}
Line = dict[str, str]


@dataclass(frozen=True)
class Published:
    """A published measurement. Counts are None where the row leaves them open."""

    id: str
    domain: str
    metric: str
    value: float
    unit: str
    hardware_id: str
    hardware: str
    devices: int | None
    model_id: str
    model: str
    scenario: str
    batch: int | None
    prompt: int | None
    reply: int | None
    precision: str
    software: str
    notes: str
    source: str


def per_unit(row: Published, units: dict[str, float]) -> float:
    """How many of the row's unit a second or a joule is. UnknownFact for a unit not in `units`.

    What stands after a slash does not count: uJ/inference are uJ.
    """
    unit = row.unit.partition("/")[0]
    if unit not in units:
        raise UnknownFact(f"the unit '{row.unit}' is not one of {', '.join(units)}.")
    return units[unit]


def read_published(path: Path) -> list[Published]:
    """The rows of a file of measurements. PerfsimError names the line and what is wrong with it."""
    lines = read_lines(path)
    columns = lines[0].keys()
    domain = "" if "domain" in columns else "serving"
    _need_columns(path, columns, SERVING_COLUMNS if domain else MEASURED_COLUMNS)
    _distinct(path, lines)
    return [_published(path, number, line, domain) for number, line in enumerate(lines, start=2)]


def read_extra(path: Path, numbers: Sequence[str]) -> list[Line]:
    """The rows of a file of devices or models: an id, and numbers where there should be some."""
    lines = read_lines(path)
    _need_columns(path, lines[0].keys(), ("id",))
    _distinct(path, lines)
    for number, line in enumerate(lines, start=2):
        for column in numbers:
            if line.get(column):
                _amount(path, number, line, column)
    return lines


def read_lines(path: Path) -> list[Line]:
    """The lines of a CSV file as dictionaries; a mark of the byte order and CRLF do not matter."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PerfsimError(f"there is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PerfsimError(f"{path} cannot be read as a CSV file in UTF-8: {error}.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    lines = []
    for number, line in enumerate(reader, start=2):
        if None in line or None in line.values():
            raise PerfsimError(
                f"{path}, row {number}: needed are {len(reader.fieldnames or [])} cells, as in the "
                "first line. Put quotes around a cell that has a comma in it."
            )
        lines.append({name.strip(): cell.strip() for name, cell in line.items()})
    if not lines:
        raise PerfsimError(f"{path} has no rows: needed are a line of column names and data.")
    return lines


def _need_columns(path: Path, have: Iterable[str], needed: Sequence[str]) -> None:
    missing = [column for column in needed if column not in set(have)]
    if missing:
        raise PerfsimError(
            f"{path} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}. "
            f"Needed are: {', '.join(needed)}."
        )


def _distinct(path: Path, lines: Sequence[Line]) -> None:
    ids: set[str] = set()
    for number, line in enumerate(lines, start=2):
        if not line["id"] or line["id"] in ids:
            fault = f"the id '{line['id']}' stands twice" if line["id"] else "there is no id"
            raise PerfsimError(f"{path}, row {number}: {fault}. Every row needs an id of its own.")
        ids.add(line["id"])


def _published(path: Path, number: int, line: Line, domain: str) -> Published:
    def count(column: str) -> int | None:
        return _count(path, number, line, column) if line.get(column) else None

    serving = bool(domain)
    return Published(
        id=line["id"],
        domain=domain or line["domain"],
        metric=line["metric"],
        value=_amount(path, number, line, "value"),
        unit=line["unit"],
        hardware_id=line["hardware_id"],
        hardware=line.get("hardware", ""),
        devices=count("n_devices"),
        model_id=line["model_id"],
        model=line.get("model", ""),
        scenario="batch of requests" if serving else line["scenario"],
        batch=count("batch"),
        prompt=count("isl"),
        reply=count("osl"),
        precision=line.get("precision") or ("fp16" if serving else ""),
        software=line["software"],
        notes=line.get("notes", ""),
        source=line.get("source", ""),
    )


def _amount(path: Path, number: int, line: Line, column: str) -> float:
    """A number above 0, or a sentence that says in which cell none stands."""
    try:
        value = float(line[column])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        cell_text = f"'{line[column]}'" if line[column] else "an empty cell"
        raise PerfsimError(
            f"{path}, row {number} ({line['id']}), {column}: needed is a number above 0, "
            f"not {cell_text}."
        )
    return value


def _count(path: Path, number: int, line: Line, column: str) -> int:
    value = _amount(path, number, line, column)
    if value != int(value):
        raise PerfsimError(
            f"{path}, row {number} ({line['id']}), {column}: needed is a whole number, "
            f"not '{line[column]}'."
        )
    return int(value)
