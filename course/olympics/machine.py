"""A machine, measured: how fast it can move bytes and multiply at the very best.

A time below what these rates allow cannot have been the work. So the rates are upper bounds: the
best of several runs, on one core alone, times the number of cores. A busy moment during the
calibration can then only be outvoted, and an entry that uses every core is not wronged.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from olympics.errors import OlympicsError

REPEATS = 9
GEMM_SIZES = (256, 512)
COPY_BYTES = 1 << 18  # fits the cache of a core, where bytes move fastest
COPIES = 200
CALIBRATION_S = 120


@dataclass(frozen=True)
class Machine:
    """bytes_per_s: read and written, of all cores together. flops_per_s: of float32 products."""

    name: str
    cores: int
    bytes_per_s: float
    flops_per_s: float


def calibrate() -> Machine:
    """This machine, measured in about a second in a process of its own with one BLAS thread."""
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    completed = subprocess.run(
        [sys.executable, str(Path(__file__))],
        env={**os.environ, **one_thread, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=CALIBRATION_S,
        check=False,
    )
    if completed.returncode:
        raise OlympicsError(
            f"This machine could not be calibrated: {completed.stderr.strip()[-300:]}"
        )
    rates = json.loads(completed.stdout)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    count = cores or 1
    return Machine(processor(), count, count * rates["bytes_per_s"], count * rates["flops_per_s"])


def processor() -> str:
    """The name of the processor, as the system tells it."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text(errors="replace").splitlines() if table.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _best_s(call: object, *arguments: object) -> float:
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        call(*arguments)  # type: ignore[operator]
        times.append(perf_counter() - start)
    return min(times)


def _flops_per_s() -> float:
    rates = []
    for n in GEMM_SIZES:
        a = np.ones((n, n), np.float32)
        out = np.empty_like(a)
        rates.append(2 * n**3 / _best_s(lambda a=a, out=out: np.matmul(a, a, out=out)))
    return max(rates)


def _bytes_per_s() -> float:
    source = np.ones(COPY_BYTES, np.uint8)
    place = np.empty_like(source)

    def copy() -> None:
        for _ in range(COPIES):
            np.copyto(place, source)

    return 2 * COPY_BYTES * COPIES / _best_s(copy)


if __name__ == "__main__":
    print(json.dumps({"bytes_per_s": _bytes_per_s(), "flops_per_s": _flops_per_s()}))
