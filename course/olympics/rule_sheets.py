"""Rule sheets: a page for each event, written from its row of the table and the figures on record.

`python -m olympics.rule_sheets` writes them into `sheets/` beside this file; a test compares
the bytes. The figures come from `figures.toml`, which `python benchmarks/olympics_entries.py`
measures.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from olympics.events import TRIES_A_DAY, Event, events

FOLDER = Path(__file__).with_name("sheets")
FIGURES = Path(__file__).with_name("figures.toml")
WIDTH = 110
DIVISIONS = (
    "Closed: the course's own code may be the starting point, and be imported where the event "
    "says. Open: everything in the entry is the team's. Novice: nobody in the team has "
    "finished a course on the subject. Varsity: everybody else. A team has one to four people and "
    "a university, and may stay anonymous."
)
MARKS = (
    "A grade depends on these thresholds alone and never on a rank: the same score is the same "
    "grade in every season and every class."
)


def sheet(rules: Event, figures: Mapping[str, Any]) -> str:
    """The page of an event in Markdown. figures: for "reference" and "baseline" the scores of that
    entry, as `figures.toml` has them for the event."""
    parts = [
        f"# {rules.title}",
        f"*{rules.track}. {rules.question}*",
        f"**The score** is {rules.score}. {_direction(rules)}",
        "## What is handed in",
        _filled(_files(rules)),
        *([_classes(rules)] if rules.weight_classes else []),
        "## Rules",
        "\n".join(_item(rule) for rule in rules.rules),
        "## What stays public",
        _filled(rules.stays_public),
        "## Thresholds",
        _thresholds(rules),
        _filled(MARKS),
        "## To compare with",
        _compared(rules, figures),
        "## How to enter",
        "\n".join(_item(step) for step in _steps(rules)),
        _filled(DIVISIONS),
    ]
    return "\n\n".join(parts) + "\n"


def sheets() -> dict[str, str]:
    """The page of each event by the name of its file."""
    figures = measured_figures()
    return {f"{rules.id}.md": sheet(rules, figures.get(rules.id, {})) for rules in events()}


def measured_figures() -> dict[str, Any]:
    """The scores of the course's own entries by event, as `figures.toml` has them."""
    return tomllib.loads(FIGURES.read_text(encoding="utf-8"))


def write(folder: Path = FOLDER) -> list[Path]:
    """Writes all pages into a folder; where they are."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, text in sheets().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        paths.append(folder / name)
    return paths


def figure(value: float) -> str:
    """A number as a page shows it: thousands with commas, shares with three places.

    >>> figure(574217.0), figure(0.8415)
    ('574,217', '0.842')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"


def _direction(rules: Event) -> str:
    return "Less is better." if rules.better == "lower" else "More is better."


def _files(rules: Event) -> str:
    names = ", ".join(f"`{pattern}`" for pattern in rules.allowed)
    needed = ", ".join(f"`{name}`" for name in rules.required)
    must = f" It needs {needed}." if needed else ""
    return (
        f"A folder or zip with `entry.toml` (team: the team_id that the organiser gave you, event, "
        f"division, level, idea"
        f"{', weight_class' if rules.weight_classes else ''}) and files named {names}: at most "
        f"{rules.max_files} files and {rules.max_entry_bytes:,} bytes.{must} Never a pickle. One "
        f"repetition may take {rules.limits.run_s:g} s and {rules.limits.memory_bytes:,} bytes of "
        "memory."
    )


def _classes(rules: Event) -> str:
    rows = [f"| {name} | {most:,} |" for name, most in rules.weight_classes.items()]
    return "\n".join(["| weight class | bytes at most |", "|---|--:|", *rows])


def _thresholds(rules: Event) -> str:
    sign = "at most" if rules.better == "lower" else "at least"
    rows = [
        f"| {name} | {sign} {figure(bound)} {rules.unit} |"
        for name, bound in rules.thresholds.items()
    ]
    return "\n".join(["| grade | score |", "|---|---|", *rows])


def _compared(rules: Event, figures: Mapping[str, Any]) -> str:
    if not figures:
        return "No heat of the course's own entries is on record yet."
    heads = list(dict.fromkeys(name for row in figures.values() for name in row if name != "idea"))
    lines = [f"| entry | {' | '.join(heads)} | idea |", "|---|" + "--:|" * len(heads) + "---|"]
    words = {"reference": "the reference, which you have", "baseline": "to beat, not handed out"}
    for role, row in figures.items():
        cells = [figure(row[name]) if name in row else "" for name in heads]
        lines.append(f"| {words[role]} | {' | '.join(cells)} | {row['idea']} |")
    note = (
        "Medians of judged runs on a busy machine of two cores; a time depends on the machine."
        if rules.kind == "time"
        else "Measured in local heats; the judge's inputs differ."
    )
    return "\n".join(lines) + f"\n\n{note}"


def _steps(rules: Event) -> Iterator[str]:
    yield f"The notebook `{rules.assignment}` works through an entry, step by step."
    yield f"`olympics try {rules.id} FOLDER` runs a local heat, with the judge's own code."
    yield "`olympics pack FOLDER` makes the zip. The guide `enter-the-olympics` shows all of it."
    yield (
        f"A team has {TRIES_A_DAY} tries a day. Each judged run gives a signed receipt, which "
        "`olympics verify` checks."
    )


def _item(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ")


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH)


if __name__ == "__main__":
    for place in write():
        print(place)
