"""What the constants are worth on a device or a model that nobody fitted them on.

Each device (or model) of the published rows leaves in turn: every fit set is fitted again without
its rows, and its rows are predicted. A setup that loses all its rows has nothing to say. A board
keeps its own keyword-spotting row, which calibrates it and is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from perfsim.catalog import Catalog, catalog
from perfsim.published.fitting import fit_all, fit_sets
from perfsim.published.rows import Published
from perfsim.published.tiny import CALIBRATES
from perfsim.published.validation import Prediction, validate

BY = {"device": "hardware_id", "model": "model_id"}


@dataclass(frozen=True)
class LeftOut:
    """The rows of one device or model, predicted by constants that were fitted without them.

    Of `rows` rows `predicted` have a prediction that physics allows and do not calibrate a board.
    """

    name: str
    domain: str
    predicted: int
    rows: int
    median: float | None
    mean: float | None


def leave_out(rows: Sequence[Published], by: str, facts: Catalog | None = None) -> list[LeftOut]:
    """One entry for each device or model and domain, in alphabetical order. by: a key of BY."""
    facts = facts or catalog()
    column = BY[by]
    names = sorted({getattr(row, column) for row in rows} - {""})
    return [entry for name in names for entry in _left_out(rows, column, name, facts)]


def _left_out(rows: Sequence[Published], column: str, name: str, facts: Catalog) -> list[LeftOut]:
    other_rows = [row for row in rows if getattr(row, column) != name]
    device_rows = [row for row in rows if getattr(row, column) == name]
    predictions = validate(device_rows, facts, fit_all(other_rows, facts)).predictions
    possible = [p for p in predictions if not p.impossible and p.row.model_id != CALIBRATES]
    entries = [
        _entry(name, domain, device_rows, possible)
        for domain in dict.fromkeys(r.domain for r in device_rows)
    ]
    if column == BY["device"]:
        new_rows = [row for row in device_rows if not any(s.holds(row) for s in fit_sets())]
        new = [p for p in possible if p.row in new_rows]
        entries.append(_entry(name, "serving", new_rows, new, UNSEEN))
    return [entry for entry in entries if entry.domain in DOMAINS and entry.rows]


DOMAINS = ("inference", "serving", "tiny", "training")
UNSEEN = ", unseen models"


def _entry(
    name: str,
    domain: str,
    device_rows: Sequence[Published],
    possible: Sequence[Prediction],
    suffix: str = "",
) -> LeftOut:
    errors = [p.error for p in possible if p.row.domain == domain]
    return LeftOut(
        name=name + suffix,
        domain=domain,
        predicted=len(errors),
        rows=sum(row.domain == domain for row in device_rows),
        median=round(median(errors), 4) if errors else None,
        mean=round(fmean(errors), 4) if errors else None,
    )
