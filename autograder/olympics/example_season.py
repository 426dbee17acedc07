"""The entries of a small season, for `make olympics`: the course's own ones and variants of them.

Teams and universities are made up. The entries are real: the judge runs every one of them, and no
score stands here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from olympics.workload import workload

from autograder.files import write_file

BASELINES = Path(__file__).with_name("baselines")
FACTS = "entry.toml"
SPRINT, FEATHER, BOARD = "framework_sprint", "featherweight", "bench_and_board"
TEAMS = """team_id,public_name,university,members,anonymous
north-1,Pale Blue,Northfield University,3,no
north-2,Loose Screws,Northfield University,2,no
harbour-1,Tidal,Harbour Institute of Technology,4,no
harbour-2,Second Thoughts,Harbour Institute of Technology,1,yes
ridge-1,Granite,Ridge College,2,no
ridge-2,Small Talk,Ridge College,1,no
"""
PLAIN = '''"""The course's own package, unchanged."""

from .core.activations import ReLU
from .core.layers import Linear, Sequential
from .core.losses import CrossEntropyLoss
from .core.optimizers import SGD
from .core.tensor import Tensor

__all__ = ["SGD", "CrossEntropyLoss", "Linear", "ReLU", "Sequential", "Tensor"]
'''
LAZY_STEPS = '''"""SGD that leaves out every third step."""

from .core import optimizers


class SGD(optimizers.SGD):
    count = 0

    def step(self):
        self.count += 1
        if self.count % 3:
            super().step()
'''


@dataclass(frozen=True)
class Example:
    """An entry of the season. files: makes its files when it is written. number: which entry of the
    team to this event it is."""

    team: str
    event: str
    level: str
    idea: str
    files: Callable[[], Mapping[str, bytes]]
    weight_class: str = ""
    number: int = 1


def _folder(folder: Path, *names: str) -> dict[str, bytes]:
    """The files of a folder by their path, all of them or those named; without entry.toml."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {n: data for n, data in files.items() if n != FACTS and (not names or n in names)}


def _kernels(*names: str) -> dict[str, bytes]:
    return _folder(BASELINES / BOARD, *names)


def _pictures(step: int) -> dict[str, bytes]:
    """The baseline of Featherweight with its weights rounded to multiples of `step`, so that they
    take fewer bytes once compressed."""
    files = _folder(BASELINES / FEATHER)
    return {name: _rounded(name, data, step) for name, data in files.items()}


def _rounded(name: str, data: bytes, step: int) -> bytes:
    if not name.endswith(".npy"):
        return data
    weights = np.load(io.BytesIO(data), allow_pickle=False)
    if weights.dtype != np.int8:
        return data
    rounded = np.clip(np.round(weights / step) * step, -128, 127).astype(np.int8)
    out = io.BytesIO()
    np.save(out, rounded, allow_pickle=False)
    return out.getvalue()


def _sprint(**changes: str) -> dict[str, bytes]:
    """The baseline of Framework Sprint with some modules changed; '' leaves one out."""
    files = _folder(BASELINES / SPRINT)
    for name, text in changes.items():
        files[f"tinytorch/{name}.py"] = text.encode()
    return {name: data for name, data in files.items() if data}


HERE = (
    Example(
        "ridge-2",
        SPRINT,
        "varsity",
        "The course's package as it is.",
        lambda: _sprint(__init__=PLAIN, fused="", steps=""),
    ),
    Example("harbour-1", SPRINT, "varsity", "A linear layer as one operation.", _sprint),
    Example(
        "north-2",
        SPRINT,
        "varsity",
        "Every third step of SGD changes little: leave it out.",
        lambda: _sprint(steps=LAZY_STEPS),
    ),
    Example(
        "ridge-2",
        FEATHER,
        "novice",
        "One linear layer in int8.",
        lambda: _folder(workload(FEATHER).REFERENCE),
        "16 kB",
    ),
    Example(
        "ridge-1", FEATHER, "varsity", "Two convolutions in int8.", lambda: _pictures(1), "64 kB"
    ),
    Example(
        "north-1",
        FEATHER,
        "varsity",
        "Weights in multiples of 8 compress better.",
        lambda: _pictures(8),
        "64 kB",
    ),
    Example(
        "harbour-2",
        FEATHER,
        "varsity",
        "Weights in multiples of 56 fit the smallest class.",
        lambda: _pictures(56),
        "16 kB",
    ),
    Example(
        "ridge-2",
        BOARD,
        "novice",
        "The course's kernels as they are.",
        lambda: _folder(workload(BOARD).REFERENCE),
    ),
    Example("north-1", BOARD, "varsity", "SMLAD in the convolution.", lambda: _kernels("conv2d.c")),
    Example(
        "ridge-1",
        BOARD,
        "varsity",
        "SMLAD in convolution and dense layer.",
        lambda: _kernels("conv2d.c", "dense.c"),
    ),
    Example(
        "ridge-1",
        BOARD,
        "varsity",
        "Pool and depthwise by hand as well, the dense layer left alone.",
        lambda: _kernels("conv2d.c", "pool.c", "depthwise.c"),
        number=2,
    ),
    Example(
        "north-1",
        FEATHER,
        "varsity",
        "Weights in multiples of 24 are smaller still.",
        lambda: _pictures(24),
        "64 kB",
        number=2,
    ),
    Example("harbour-1", BOARD, "varsity", "All kernels by hand.", _kernels),
    Example("harbour-2", BOARD, "varsity", "All kernels, as in the lecture.", _kernels),
)
ELSEWHERE = (
    Example("north-2", BOARD, "varsity", "SMLAD in the dense layer.", lambda: _kernels("dense.c")),
    Example(
        "north-2", FEATHER, "varsity", "Weights in multiples of 4.", lambda: _pictures(4), "64 kB"
    ),
)


def write_season(folder: Path) -> None:
    """Write teams.csv, the entries that are judged here, and those that another judge has."""
    write_file(folder / "teams.csv", TEAMS.encode())
    for examples, place in ((HERE, folder / "entries"), (ELSEWHERE, folder / "entries-elsewhere")):
        for example in examples:
            for name, data in _with_facts(example):
                write_file(place / f"{example.team}--{example.event}-{example.number}" / name, data)


def _with_facts(example: Example) -> Iterator[tuple[str, bytes]]:
    facts = {
        "team": example.team,
        "event": example.event,
        "division": "closed",
        "level": example.level,
        "weight_class": example.weight_class,
        "idea": example.idea,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in facts.items() if value]
    yield FACTS, ("\n".join(lines) + "\n").encode()
    yield from example.files().items()
