"""How fast the analytical model is: microseconds per evaluation, a sweep, and its import time.

Run: python benchmarks/perfsim_speed.py
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
from perfsim import hardware, model, verdict
from perfsim.roofline import roofline
from perfsim.work import work


def main() -> None:
    network, device = model("resnet50"), hardware("h100_sxm")
    evaluation = _seconds(lambda: roofline(work(network, "int8"), device, "int8"), 5000)
    verdict_s = _seconds(lambda: verdict(network, device, "int8", deadline_s=0.1), 5000)
    batches = np.arange(1, 100_001)
    sweep = _seconds(lambda: roofline(work(network, "int8", batches), device, "int8"), 10)
    print(f"one evaluation of the roofline   {1e6 * evaluation:8.1f} us")
    print(f"one verdict (memory, time, cost) {1e6 * verdict_s:8.1f} us")
    print(f"a sweep of 100 000 batch sizes   {1e3 * sweep:8.2f} ms")
    print(f"import perfsim, beyond Python    {1e3 * _import_s():8.1f} ms")


def _seconds(call: Callable[[], object], times: int) -> float:
    """Seconds per call, the median of seven rounds of `times` calls."""
    call()
    return median(_round(call, times) / times for _ in range(7))


def _round(call: Callable[[], object], times: int) -> float:
    start = perf_counter()
    for _ in range(times):
        call()
    return perf_counter() - start


def _import_s() -> float:
    """How much longer `python -c "import perfsim"` takes than an empty program."""
    seconds = {c: median(_run_s(c) for _ in range(7)) for c in ("pass", "import perfsim")}
    return seconds["import perfsim"] - seconds["pass"]


def _run_s(command: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", command], check=True)
    return perf_counter() - start


if __name__ == "__main__":
    main()
