"""Featherweight: how many real pictures a few thousand bytes of code and weights tell apart.

The pictures are photographs of clothes that `fashion.npz`, which entrants train on, does not hold.
Each is moved, dimmed and made noisy anew from the organiser's seed, and a seed deals them into a
public and a private half, so that a table of known pictures earns nothing on the day.

Where the pictures come from, the first that is there: the file that the environment variable
OLYMPICS_PICTURES names (an organiser's own), the course's `fashion_held_out.npz`, and for a local
heat without the course's data `practice.npz` beside this file. Each holds images (n, 28, 28) uint8
with grey levels 0 to 15, and labels (n,).
"""

from __future__ import annotations

import bz2
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from olympics.entry import Entry
from olympics.errors import OlympicsError
from olympics.events import event
from olympics.machine import Machine

HERE = Path(__file__).parent
PROGRAM = (HERE / "featherweight_program.py").read_text(encoding="utf-8")
REFERENCE = HERE.parent / "entries" / "featherweight" / "reference"
POOLS = (HERE.parent.parent / "data" / "fashion_held_out.npz", HERE / "practice.npz")
PHASES = ("warm_up", "public", "private")
CLASSES = 10
LEVEL = 17  # 15 grey levels become 0 to 255
FREE_PATH_BYTES = 8  # of each file: model.py
MOST_SHIFT = 2  # pixels, each way
CONTRAST = (0.7, 1.2)
NOISE = 10.0  # standard deviation, of 255


def inputs(seed: int, phase: str) -> dict[str, np.ndarray]:
    """pictures: (n, 28, 28) uint8, those of this seed's part of the pool, each changed freshly."""
    images, _ = pool()
    rng = np.random.default_rng([seed, PHASES.index(phase)])
    return {"pictures": changed(images[_rows(seed, phase)], rng)}


def truth(seed: int, phase: str) -> np.ndarray:
    """The labels (n,) of `inputs(seed, phase)`: for the judge alone."""
    return pool()[1][_rows(seed, phase)]


def faults(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> list[str]:
    """What is wrong with the form of the answers; how many are right is the score."""
    if "labels" not in outputs:
        return ["No labels came: model.py defines predict(pictures, weights) and returns them."]
    labels, expected_shape = outputs["labels"], (len(inputs["pictures"]),)
    if labels.shape != expected_shape or labels.dtype.kind not in "iu":
        return [
            f"predict returns one whole number for each picture, {expected_shape}; it returned "
            f"{labels.dtype} of shape {labels.shape}."
        ]
    outside = labels[(labels < 0) | (labels >= CLASSES)]
    return [f"A label is 0 to 9, and {int(outside[0])} came."] if outside.size else []


def is_near(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> bool:
    """Never: a form is right or not."""
    del inputs, outputs, reference
    return False


def counted(
    entry: Entry,
    outputs_by_phase: Mapping[str, Mapping[str, np.ndarray]],
    seeds_by_phase: Mapping[str, int],
) -> dict[str, float]:
    """The bytes, and for each phase that ran the share of its pictures that were read rightly.

    seeds_by_phase: the seed that each phase's inputs came from. Whether the bytes fit the weight
    class is for whoever judges.
    """
    figures: dict[str, float] = {"bytes": float(entry_bytes(entry))}
    for phase, outputs in outputs_by_phase.items():
        if phase != "warm_up":
            right = outputs["labels"] == truth(seeds_by_phase[phase], phase)
            figures[phase] = float(np.mean(right))
    return figures


def floor_s(machine: Machine) -> float:
    """0: no time is scored."""
    return 0.0


def entry_bytes(entry: Entry) -> int:
    """The bytes of an entry: code as it is, every other file as bzip2 -9 leaves it, or as it is
    where that is less. (bzip2 has one library, so the count is the same on every machine.) What is
    long in the path of a file counts too, or weights could be kept there."""
    paths_bytes = sum(max(0, len(name.encode()) - FREE_PATH_BYTES) for name in entry.files)
    return paths_bytes + sum(weight_bytes(name, data) for name, data in entry.files.items())


def weight_bytes(name: str, data: bytes) -> int:
    """What one file of an entry counts.

    >>> weight_bytes("model.py", bytes(1000)), weight_bytes("weights.npy", bytes(1000))
    (1000, 45)
    """
    return len(data) if name.endswith(".py") else min(len(data), len(bz2.compress(data, 9)))


def changed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pictures (n, 28, 28) uint8, 0 to 255, from images with levels 0 to 15: each moved by up to
    2 pixels each way, with a contrast of its own, and with noise."""
    count, side, _ = images.shape
    moves = rng.integers(-MOST_SHIFT, MOST_SHIFT + 1, (count, 2))
    contrast = rng.uniform(*CONTRAST, (count, 1, 1))
    frame = np.pad(images, ((0, 0), (MOST_SHIFT, MOST_SHIFT), (MOST_SHIFT, MOST_SHIFT)))
    places = np.arange(side)
    rows = places + MOST_SHIFT - moves[:, :1]
    columns = places + MOST_SHIFT - moves[:, 1:]
    moved = frame[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    noisy = moved * LEVEL * contrast + rng.normal(0, NOISE, moved.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def pool() -> tuple[np.ndarray, np.ndarray]:
    """(images, labels) that pictures are drawn from. OlympicsError where the file is no pool."""
    named = os.environ.get("OLYMPICS_PICTURES")
    place = Path(named) if named else next(path for path in POOLS if path.is_file())
    return _loaded(place)


@cache
def _loaded(place: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        with np.load(place, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError) as fault:
        raise OlympicsError(f"{place} holds no pictures for Featherweight: {fault}.") from fault
    if images.shape != (len(labels), 28, 28) or images.dtype != np.uint8:
        raise OlympicsError(
            f"{place} needs images (n, 28, 28) uint8 and labels (n,); it has {images.dtype} "
            f"{images.shape} and {labels.shape}."
        )
    return images, labels


def _rows(seed: int, phase: str) -> np.ndarray:
    """Which pictures of the pool: a seed deals all of them into two halves."""
    size = len(pool()[1])
    dealt = np.random.default_rng([seed, len(PHASES)]).permutation(size)
    most = int(event("featherweight").sizes["images"])
    half = dealt[: size // 2] if phase != "private" else dealt[size // 2 :]
    return half[: 50 if phase == "warm_up" else most]
