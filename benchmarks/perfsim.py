"""How fast the analytical model is, beside mlsysim: one evaluation, a sweep, the import.

CPU seconds on one thread, so that other programs on the machine do not count.

Run: python benchmarks/perfsim.py
mlsysim is the extra `benchmark`: python -m pip install '.[benchmark]'

subtle: this file has the name of the package that it measures, and a program of this folder that
imports `perfsim` finds this file first. It then makes room for the package.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

HERE = Path(__file__).resolve().parent
ROUNDS = 7
SWEEP = 100_000
PEER_SWEEP = 1_000  # of a model that answers one batch size at a time; the figure is scaled
INSTALL = "mlsysim is not installed: python -m pip install '.[benchmark]'"


def package(name: str) -> Any:
    """The installed package `name`, which a file of this folder must not stand in for."""
    path = list(sys.path)
    sys.path[:] = [entry for entry in path if Path(entry or ".").resolve() != HERE]
    sys.modules.pop(name, None)
    try:
        return importlib.import_module(name)
    finally:
        sys.path[:] = path


def seconds(call: Callable[[], object], times: int) -> float:
    """Seconds of a call, of the shortest of seven rounds of `times` calls."""
    call()
    return min(_round(call, times) / times for _ in range(ROUNDS))


def _round(call: Callable[[], object], times: int) -> float:
    start = process_time()
    for _ in range(times):
        call()
    return process_time() - start


def import_s(name: str, rounds: int = ROUNDS) -> float:
    """How much more CPU time `python -c "import NAME"` takes than an empty program."""
    times = {c: min(_run_s(c) for _ in range(rounds)) for c in ("pass", f"import {name}")}
    return times[f"import {name}"] - times["pass"]


def _run_s(command: str) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", command], check=True, cwd=HERE.parent)
    after = os.times()
    user, system = (after[i] - before[i] for i in (2, 3))  # of child processes
    return user + system


def ours() -> dict[str, float]:
    """Seconds of perfsim for each figure."""
    import numpy as np

    perfsim = package("perfsim")
    roofline = importlib.import_module("perfsim.roofline").roofline
    work = importlib.import_module("perfsim.work").work
    answer = importlib.import_module("perfsim.serving").answer
    network, device = perfsim.model("resnet50"), perfsim.hardware("h100_sxm")
    language, batches = perfsim.model("llama3_8b"), np.arange(1, SWEEP + 1)
    return {
        "a network": seconds(lambda: roofline(work(network, "int8"), device, "int8"), 2000),
        "a language model": seconds(lambda: answer(language, device, 32, 1024, 128), 2000),
        "a verdict": seconds(lambda: perfsim.verdict(network, device, "int8", 0.1), 2000),
        "a sweep of 100,000 batches": seconds(
            lambda: roofline(work(network, "int8", batches), device, "int8"), 5
        ),
        "import": import_s("perfsim"),
    }


def theirs() -> dict[str, float]:
    """Seconds of mlsysim for the same figures; empty where it is not installed."""
    if importlib.util.find_spec("mlsysim") is None:
        return {}
    peer = package("mlsysim")
    solve, device = peer.Engine.solve, peer.Hardware.Cloud.H100
    network, language = peer.Models.Vision.ResNet50, peer.Models.Language.Llama3_8B
    one = seconds(lambda: solve(network, device, precision="int8"), 50)
    served = seconds(lambda: solve(language, device, batch_size=32, seq_len=1024), 50)
    sweep = _round(lambda: solve(network, device, precision="int8"), PEER_SWEEP)
    return {
        "a network": one,
        "a language model": served,
        "a sweep of 100,000 batches": sweep * SWEEP / PEER_SWEEP,
        "import": import_s("mlsysim", rounds=3),
    }


def table(own_times: dict[str, float], peer: dict[str, float]) -> str:
    """The figures as a Markdown table, milliseconds."""
    lines = ["| what | perfsim, CPU ms | mlsysim, CPU ms | ratio |", "|---|--:|--:|--:|"]
    for task, time_s in own_times.items():
        other = peer.get(task)
        beside = "" if other is None else f"{1e3 * other:,.3g}"
        ratio = "" if other is None else f"{other / time_s:,.0f}"
        lines.append(f"| {task} | {1e3 * time_s:.3g} | {beside} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    own_times, peer = ours(), theirs()
    print(table(own_times, peer))
    if not peer:
        print(INSTALL)
    if "--json" in sys.argv[1:]:
        target = Path(sys.argv[sys.argv.index("--json") + 1])
        target.write_text(json.dumps({"perfsim": own_times, "mlsysim": peer}, indent=1) + "\n")


if __name__ == "__main__":
    main()
elif __name__ == "perfsim":
    sys.modules["perfsim"] = package("perfsim")
