"""Measures the course's own entries in local heats and writes `course/olympics/figures.toml`.

reference: what everybody has. baseline: what is there to be beaten and not handed out. Counted
scores come from a local heat of each; times from the judge's repeated runs in `olympics.json`,
which `olympics.py` measures. In the repository, for all events or those named:

    python benchmarks/olympics_entries.py [EVENT ...]
    python -m olympics.rule_sheets
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from olympics.entry import Entry, read_entry
from olympics.events import Event, event, events
from olympics.heat import heat
from olympics.reference import reference_entry
from olympics.rule_sheets import FIGURES

BASELINES = Path(__file__).parents[1] / "autograder" / "olympics" / "baselines"
JUDGED = Path(__file__).with_name("olympics.json")
SEED = 0
SHOWN_SCORES = {
    "framework_sprint": ("score", "bytes"),
    "featherweight": ("score", "public", "bytes"),
    "bench_and_board": ("score", "bytes", "ram_bytes"),
}


def scores_of(rules: Event, role: str, entry: Entry) -> dict[str, float]:
    """The scores of an entry: medians of the judge's runs for a time, else those of a heat."""
    if rules.kind == "time":
        rows = json.loads(JUDGED.read_text(encoding="utf-8"))
        spread = rows[f"{rules.title}, the {role}"]["spread"]
        return {name: row["median"] for name, row in spread.items()}
    outcome = heat(entry, seed=SEED)
    if outcome.verdict != "ranked":
        sys.exit(f"The {role} of {rules.id} was not ranked: {outcome.sentence}")
    return outcome.scores


def measured(event_id: str) -> dict[str, dict[str, Any]]:
    """What figures.toml holds of an event: the scores and the idea of both entries."""
    entries = {
        "reference": reference_entry(event_id),
        "baseline": read_entry(BASELINES / event_id),
    }
    figures = {}
    for role, entry in entries.items():
        scores = scores_of(event(event_id), role, entry)
        rounded_scores = {name: round(scores[name], 4) for name in SHOWN_SCORES[event_id]}
        figures[role] = {**rounded_scores, "idea": entry.idea}
        print(event_id, role, figures[role], flush=True)
    return figures


def text(figures: dict[str, dict[str, dict[str, Any]]]) -> str:
    """figures.toml."""
    blocks = ["# Written by benchmarks/olympics_entries.py: scores of the course's own entries."]
    for event_id, entries in figures.items():
        for role, row in entries.items():
            lines = [f"{name} = {json.dumps(value)}" for name, value in row.items()]
            blocks.append("\n".join([f"[{event_id}.{role}]", *lines]))
    return "\n\n".join(blocks) + "\n"


def main() -> None:
    old = tomllib.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    ids = [rules.id for rules in events()]
    new = {name: measured(name) for name in sys.argv[1:] or ids}
    figures = {name: {**old, **new}[name] for name in ids if name in {**old, **new}}
    FIGURES.write_text(text(figures), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
