"""What the judge of the Olympics costs, and how repeatable each kind of score is.

The reference of each event is entered and judged 20 times in a row, in the grader's slots, and the
baseline of Framework Sprint beside it. The overhead is what a judged run takes beyond the time in
which entry and reference compute.

Run: python benchmarks/olympics.py [--runs 20] [--json benchmarks/olympics.json]

subtle: this file has the name of the package that it measures, and a program of this folder that
imports `olympics` finds this file first. It then makes room for the package.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

HERE = Path(__file__).resolve().parent
SECRET = b"the benchmark's own secret, no organiser's"
RUNS = 20
TIMES = re.compile(r"entry ([\d.]+) ms, reference ([\d.]+) ms")
KINDS = {
    "framework_sprint": ("score", "peak_bytes", "bytes"),
    "featherweight": ("score", "public", "bytes"),
    "bench_and_board": ("score", "bytes"),
}


def make_room() -> None:
    """Let the installed package `olympics` be found, which this file must not stand in for."""
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
    sys.modules.pop("olympics", None)


def subjects() -> dict[str, Any]:
    """What is judged, by the name that it has in the table."""
    from olympics.entry import read_entry
    from olympics.events import events
    from olympics.reference import reference_entry

    baseline = HERE.parent / "autograder/olympics/baselines/framework_sprint"
    entries = {f"{rules.title}, the reference": reference_entry(rules.id) for rules in events()}
    entries = {name: replace(entry, team_id="benchmark") for name, entry in entries.items()}
    return {**entries, "Framework Sprint, the baseline": read_entry(baseline)}


def measured(runs: int) -> dict[str, Any]:
    """For each subject: the seconds of each run and of its work, and its outcomes."""
    from olympics.machine import calibrate

    from autograder.olympics.judge import event_pool
    from autograder.sandbox.choose_level import strongest_level

    machine, level = calibrate(), strongest_level()
    results = {}
    for name, entry in subjects().items():
        with event_pool(entry.event, level) as pool:
            rows = [_judged(pool, entry, run, machine) for run in range(runs + 1)]
        results[name] = _summary(entry.event, rows[1:])
        print(name, json.dumps(results[name]), file=sys.stderr)
    return results


def _judged(pool: Any, entry: Any, run: int, machine: Any) -> dict[str, Any]:
    from olympics.entry import entry_sha256

    from autograder.olympics.seeds import Schedule
    from autograder.olympics.timing import judged_run

    schedule = Schedule(SECRET, "benchmark", entry.event)
    start = perf_counter()
    outcome = judged_run(pool, entry, entry_sha256(entry), run, schedule, machine)
    wall_s = perf_counter() - start
    work_s = sum(float(a) + float(b) for a, b in TIMES.findall(outcome.log)) / 1000
    return {
        "wall_s": wall_s,
        "work_s": work_s,
        "verdict": outcome.verdict,
        "scores": outcome.scores,
    }


def _summary(event_id: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    import numpy as np

    ranked = [row["scores"] for row in rows if row["verdict"] == "ranked"]
    wall_s = float(np.median([row["wall_s"] for row in rows]))
    spread = {}
    for kind in KINDS[event_id] if ranked else ():
        low, middle, high = np.percentile([scores[kind] for scores in ranked], [25, 50, 75])
        spread[kind] = {"median": float(middle), "iqr_share": float((high - low) / middle)}
    return {
        "runs": len(rows),
        "ranked": len(ranked),
        "wall_s": wall_s,
        "overhead_s": float(np.median([row["wall_s"] - row["work_s"] for row in rows])),
        "entries_an_hour": 3600 / wall_s,
        "spread": spread,
    }


def table(results: dict[str, Any]) -> str:
    """The figures as two Markdown tables."""
    lines = ["| entry | runs | ranked | wall s | of it overhead s | entries an hour |"]
    lines.append("|---|--:|--:|--:|--:|--:|")
    for name, row in results.items():
        lines.append(
            f"| {name} | {row['runs']} | {row['ranked']} | {row['wall_s']:.2f} | "
            f"{row['overhead_s']:.2f} | {row['entries_an_hour']:,.0f} |"
        )
    lines += ["", "| entry | what | median | interquartile range over the median |"]
    lines.append("|---|---|--:|--:|")
    for name, row in results.items():
        for kind, spread in row["spread"].items():
            lines.append(
                f"| {name} | {kind} | {spread['median']:,.5g} | {100 * spread['iqr_share']:.2f} % |"
            )
    return "\n".join(lines)


def main() -> None:
    make_room()
    words = sys.argv[1:]
    runs = int(words[words.index("--runs") + 1]) if "--runs" in words else RUNS
    results = measured(runs)
    print(table(results))
    if "--json" in words:
        target = Path(words[words.index("--json") + 1])
        target.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
elif __name__ == "olympics":
    make_room()
    sys.modules["olympics"] = importlib.import_module("olympics")
