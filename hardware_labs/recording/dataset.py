"""Takes as a CSV file, and beside it a JSON manifest that says where every number comes from.

The manifest holds the board, the rate, the samples of each label and the SHA-256 of the CSV, so a
file that was changed by hand, or cut off, is noticed when it is read; and so is a manifest whose
labels or counts are no longer those of the rows.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware_labs.board import Board
from hardware_labs.errors import RecordingBroken
from hardware_labs.protocol.command_set import Sample
from hardware_labs.recording.take import Take, checked_label
from hardware_labs.transports.serial_port import serial_number

FORMAT = "mlsys recording 1"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
UNBALANCED = 2.0


@dataclass(frozen=True)
class Dataset:
    """Takes that were read back, and their manifest."""

    manifest: dict[str, Any]
    takes: tuple[Take, ...]


def identity(board: Board) -> dict[str, str]:
    """What tells this board from others: name, address, serial number, what it says of itself."""
    facts = {"name": board.name, "address": board.address, "port": board.port}
    return facts | {"serial_number": serial_number(board.port)} | board.info()


def counts(takes: Sequence[Take]) -> dict[str, int]:
    """{label: samples}, in the order in which the labels first came."""
    samples_by_label: Counter[str] = Counter()
    for take in takes:
        samples_by_label[take.label] += len(take.samples)
    return dict(samples_by_label)


def balance(samples: dict[str, int]) -> str:
    """One sentence about how evenly the labels are covered."""
    if not samples:
        return "Nothing is recorded yet."
    low, high = min(samples, key=samples.__getitem__), max(samples, key=samples.__getitem__)
    if len(samples) == 1:
        return f"One label, '{low}': a classifier needs at least two."
    if samples[high] > UNBALANCED * samples[low]:
        return (
            f"Unbalanced: '{high}' has {samples[high] / samples[low]:.1f} times the samples of "
            f"'{low}'. Record more of '{low}'."
        )
    return (
        f"Balanced: {len(samples)} labels, {samples[low]} to {samples[high]} samples each; "
        f"none has more than {UNBALANCED:g} times the samples of another."
    )


def table(takes: Sequence[Take]) -> bytes:
    """The takes as CSV: take, label, sequence, time_s, value0, value1, ..."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f"value{k}" for k in range(takes[0].channels)]
    writer.writerow(["take", "label", "sequence", "time_s", *names])
    for number, take in enumerate(takes):
        for sample in take.samples:
            time_s = f"{sample.sequence / take.rate_hz:.6f}"
            writer.writerow([number, take.label, sample.sequence, time_s, *sample.values])
    return out.getvalue().encode("ascii")


def save(folder: Path, name: str, takes: Sequence[Take], board: dict[str, str], date: str) -> Path:
    """Writes NAME.csv and NAME.json into `folder`; returns the path of the manifest.

    board: of `identity`. date: when, as ISO 8601. The manifest is replaced last and whole; until it
    is, the CSV of before is kept beside the new one, so that whoever is interrupted loses nothing.
    """
    _check_together(name, takes)
    folder.mkdir(parents=True, exist_ok=True)
    data = table(takes)
    manifest = {
        "format": FORMAT,
        "name": name,
        "made": date,
        "board": board,
        "rate_hz": takes[0].rate_hz,
        "channels": takes[0].channels,
        "counts": counts(takes),
        "takes": [_summary(number, take) for number, take in enumerate(takes)],
        "csv": f"{name}.csv",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    path, csv_file = folder / f"{name}.json", folder / f"{name}.csv"
    if csv_file.exists():
        _replace(_before(csv_file), csv_file.read_bytes())
    _replace(csv_file, data)
    _replace(path, (json.dumps(manifest, indent=2) + "\n").encode())
    _before(csv_file).unlink(missing_ok=True)
    return path


def free_name(folder: Path, name: str) -> str:
    """The first of `name`, `name`-2, `name`-3, ... under which nothing is saved in `folder`."""
    names = (f"{name}-{number}" if number > 1 else name for number in itertools.count(1))
    used_names = {path.stem for path in folder.glob("*.json")} | {
        path.stem for path in folder.glob("*.csv")
    }
    return next(one for one in names if one not in used_names)


def load(path: Path) -> Dataset:
    """The data set whose manifest is at `path`. Raises RecordingBroken where it does not hold."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        _check_manifest(path, manifest)
        data = _described(path.parent / manifest["csv"], manifest["sha256"])
    except (OSError, ValueError) as error:
        raise RecordingBroken(f"The recording {path} cannot be read: {error}.") from None
    if data is None:
        raise RecordingBroken(
            f"{manifest['csv']} is not the file that {path.name} describes: its SHA-256 differs. "
            "It was changed or cut off after the recording; record again, or fetch the original."
        )
    return Dataset(manifest, _takes(path, manifest, data))


def _before(csv_file: Path) -> Path:
    """Where the CSV of before lies until the new manifest is there."""
    return csv_file.with_name(csv_file.name + ".old")


def _described(csv_file: Path, sha256: str) -> bytes | None:
    """The CSV with that check sum: the file, or after an interrupted `save` the one of before."""
    for path in (csv_file, _before(csv_file)):
        data = path.read_bytes() if path == csv_file or path.exists() else b""
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
    return None


def _check_together(name: str, takes: Sequence[Take]) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"A recording's name has letters, digits, '-' and '_'; not {name[:70]!r}.")
    if not takes or not all(take.samples for take in takes):
        raise ValueError("A recording needs at least one take, and a sample in each.")
    shapes = {(take.rate_hz, take.channels) for take in takes}
    if len(shapes) != 1:
        raise ValueError(
            f"One data set has one rate and one number of channels; these takes have "
            f"{sorted(shapes)} (Hz, channels). Save them under different names."
        )


def _summary(number: int, take: Take) -> dict[str, object]:
    return {
        "take": number,
        "label": take.label,
        "samples": len(take.samples),
        "lost": take.lost,
        "seconds": round(take.seconds, 4),
        "measured_hz": round(take.measured_hz, 2),
    }


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(data)
    draft.replace(path)


def _check_manifest(path: Path, manifest: object) -> None:
    needed = {"csv": str, "sha256": str, "rate_hz": int, "takes": list, "counts": dict}
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"its format is not '{FORMAT}'")
    wrong = [key for key, kind in needed.items() if not isinstance(manifest.get(key), kind)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} missing or of another kind")
    if Path(manifest["csv"]).name != manifest["csv"]:
        raise ValueError("its CSV lies in another folder")


def _takes(path: Path, manifest: dict[str, Any], data: bytes) -> tuple[Take, ...]:
    """The rows, grouped by take as the manifest lists them."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("ascii"))))[1:]
        samples: list[list[Sample]] = [[] for _ in manifest["takes"]]
        for number, label, sequence, _, *values in rows:
            if label != manifest["takes"][int(number)]["label"]:
                raise ValueError(f"take {number} is labelled '{label}' in the CSV")
            samples[int(number)].append(Sample(int(sequence), tuple(map(int, values))))
        takes = tuple(
            Take(
                checked_label(entry["label"]),
                manifest["rate_hz"],
                entry["samples"] + entry["lost"],
                tuple(of_take),
                entry["seconds"],
            )
            for entry, of_take in zip(manifest["takes"], samples, strict=True)
        )
        _check_counts(manifest, takes)
        return takes
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise RecordingBroken(f"The rows of {path} do not fit its manifest: {error}.") from None


def _check_counts(manifest: dict[str, Any], takes: tuple[Take, ...]) -> None:
    """Raises ValueError where the manifest counts other samples or channels than there are."""
    for entry, take in zip(manifest["takes"], takes, strict=True):
        if entry["samples"] != len(take.samples) or entry["lost"] < 0:
            raise ValueError(
                f"of a take '{take.label}' it lists {entry['samples']} samples and {entry['lost']} "
                f"lost, and {len(take.samples)} rows are there"
            )
    if manifest["counts"] != counts(takes):
        raise ValueError(f"it counts {manifest['counts']}, and the rows are {counts(takes)}")
    if {take.channels for take in takes} != {manifest.get("channels")}:
        raise ValueError(f"it tells {manifest.get('channels')} channels, and the rows have others")
