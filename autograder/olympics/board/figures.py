"""Scores and counts as a person reads them, with their units.

A score whose unit begins with 'of' is a share and stands in percent; a time is a ratio; everything
else is a whole number.
"""

from __future__ import annotations

from collections.abc import Mapping

from olympics.events import Event

COUNTS = {
    "bytes": "code and weights",
    "peak_bytes": "peak of traced memory",
    "ram_bytes": "RAM",
    "macs": "multiply-accumulates",
    "instructions": "instructions",
    "public": "public half",
    "private": "private half",
}
SECOND_METRIC = ("peak_bytes", "bytes", "macs")  # what is plotted beside the score, by preference


def score_text(score: float, event: Event) -> str:
    """The number of a score, without the words of its unit."""
    if event.kind == "time":
        return f"{score:.3f}"
    return f"{100 * score:.2f} %" if event.unit.startswith("of ") else f"{score:,.0f}"


def interval_text(scores: Mapping[str, float], event: Event) -> str:
    """The 95 % interval among the scores of a run, '' for what is counted."""
    if "low" not in scores or "high" not in scores:
        return ""
    return f"{score_text(scores['low'], event)} to {score_text(scores['high'], event)}"


def change_text(first: float, best: float, event: Event) -> str:
    """How far it is from one score to another: in points for shares, else in percent."""
    if first == best:
        return ""
    if event.unit.startswith("of "):
        return f"{100 * (best - first):+.2f} points"
    return f"{100 * (best / first - 1):+.0f} %" if first else ""


def count_text(name: str, value: float) -> str:
    """A counted metric with its unit: bytes are decimal."""
    if name.endswith("bytes"):
        return bytes_text(value)
    return f"{100 * value:.2f} %" if name in ("public", "private") else f"{value:,.0f}"


def bytes_text(value: float) -> str:
    """'812 B', '15.9 kB', '1.07 MB'; 1 kB is 1,000 bytes."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= size:
            digits = 2 if value < 10 * size else 1 if value < 100 * size else 0
            return f"{value / size:,.{digits}f} {unit}"
    return f"{value:,.0f} B"


def tick_text(name: str, value: float) -> str:
    """A round value at an axis; name: of a counted metric, 'share', or 'score'."""
    if name.endswith("bytes"):
        unit, size = next(((u, s) for u, s in (("MB", 1e6), ("kB", 1e3)) if value >= s), ("B", 1.0))
        return f"{value / size:g} {unit}"
    return f"{100 * value:g} %" if name == "share" else f"{value:,.10g}"


def unit_text(event: Event) -> str:
    """The unit of a score in words that stand alone."""
    return f"share {event.unit}" if event.unit.startswith("of ") else event.unit


def many(n: int, one: str, more: str) -> str:
    """'1 university', '3 universities'."""
    return f"{n} {one if n == 1 else more}"


def minute_text(judged_at: str) -> str:
    """'2027-02-01 12:00 UTC' of an ISO 8601 time in UTC."""
    return f"{judged_at[:10]} {judged_at[11:16]} UTC"


def second_metric(event: Event) -> str:
    """The counted metric that is plotted beside the score, '' where the event has none."""
    return next((name for name in SECOND_METRIC if name in event.counted), "")


def counts(scores: Mapping[str, float], event: Event) -> list[tuple[str, str]]:
    """Name and text of each counted metric of a run, in the order of the table of events."""
    names = [name for name in event.counted if name in scores]
    return [(COUNTS.get(name, name), count_text(name, scores[name])) for name in names]
