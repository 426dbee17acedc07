"""The events, as events.toml has them: what an entry holds, how it is scored, and its limits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from olympics.errors import OlympicsError

DIVISIONS = ("closed", "open")
LEVELS = ("novice", "varsity")
TRIES_A_DAY = 5
TABLE = Path(__file__).with_name("events.toml")


@dataclass(frozen=True)
class EventLimits:
    """What one run may use. pairs: timed pairs of a judged run; warm_ups: pairs before them that
    do not count; run_s: seconds of one repetition; output_bytes: of the arrays it returns.
    outliers: how many checked outputs of a run may be a little too far from the reference's."""

    pairs: int
    warm_ups: int
    run_s: float
    memory_bytes: int
    output_bytes: int
    outliers: int = 0


@dataclass(frozen=True)
class Event:
    """One row of the table.

    kind: "time" or "counted". better: "lower" or "higher". decides: the metric that is the score,
    "ratio" for times. allowed: patterns of file names. thresholds: the score that each grade
    needs, published before the season. weight_classes: most bytes of an entry by the name of the
    class, empty where there are none. reference_beneath: in the closed division the files that an
    entry lacks are the reference's. libraries: packages of the course that the program needs.
    stays_public: what everybody may know, and why knowing it is not enough.
    """

    id: str
    assignment: str
    title: str
    track: str
    question: str
    kind: str
    better: str
    unit: str
    score: str
    decides: str
    counted: tuple[str, ...]
    allowed: tuple[str, ...]
    required: tuple[str, ...]
    max_entry_bytes: int
    max_files: int
    rules: tuple[str, ...]
    limits: EventLimits
    sizes: Mapping[str, Any]
    thresholds: Mapping[str, float]
    weight_classes: Mapping[str, int]
    reference_beneath: bool = False
    libraries: tuple[str, ...] = ()
    stays_public: str = ""


@cache
def events() -> tuple[Event, ...]:
    """All events, in the order of the table."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["event"]
    return tuple(_event(row) for row in rows)


def event(event_id: str) -> Event:
    """The event with that id. OlympicsError where there is none."""
    for candidate in events():
        if candidate.id == event_id:
            return candidate
    names = ", ".join(candidate.id for candidate in events())
    raise OlympicsError(f"There is no event '{event_id}'. Name one of these: {names}.")


def grade(rules: Event, score: float) -> str:
    """The best grade whose threshold a score reaches, "" where it reaches none. It depends on the
    fixed thresholds of the event and never on anybody's rank."""
    reached = ""
    for name, threshold in rules.thresholds.items():
        if score <= threshold if rules.better == "lower" else score >= threshold:
            reached = name
    return reached


def _event(row: Mapping[str, Any]) -> Event:
    tables = ("limits", "sizes", "thresholds", "weight_classes")
    plain = {name: _plain(value) for name, value in row.items() if name not in tables}
    return Event(
        **plain,
        limits=EventLimits(**row["limits"]),
        sizes=MappingProxyType(row["sizes"]),
        thresholds=MappingProxyType(row["thresholds"]),
        weight_classes=MappingProxyType(row.get("weight_classes", {})),
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
