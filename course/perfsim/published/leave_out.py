"""What the constants are worth on a device or a model that nobody fitted them on.

Each device (or model) of the published rows leaves in turn: every fit set is fitted again without
its rows, and its rows are predicted. A setup that loses all its rows has nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from perfsim.catalog import Catalog, catalog
from perfsim.published.fitting import fit_all
from perfsim.published.rows import Published
from perfsim.published.validation import Prediction, validate

BY = {"device": "hardware_id", "model": "model_id"}


@dataclass(frozen=True)
class LeftOut:
    """The rows of one device or model, predicted by constants that know nothing of it."""

    name: str
    domain: str
    predicted: int
    rows: int
    median: float | None
    mean: float | None


def leave_out(rows: Sequence[Published], by: str, known: Catalog | None = None) -> list[LeftOut]:
    """One entry for each device or model and domain, in alphabetical order. by: a key of BY."""
    known = known or catalog()
    column = BY[by]
    names = sorted({getattr(row, column) for row in rows} - {""})
    return [entry for name in names for entry in _left_out(rows, column, name, known)]


def _left_out(rows: Sequence[Published], column: str, name: str, known: Catalog) -> list[LeftOut]:
    others = [row for row in rows if getattr(row, column) != name]
    own = [row for row in rows if getattr(row, column) == name]
    fitted = fit_all(others, known)
    predictions = validate(own, known, fitted).predictions
    domains = dict.fromkeys(row.domain for row in own if row.domain in DOMAINS)
    return [_entry(name, domain, own, predictions) for domain in domains]


DOMAINS = ("inference", "serving", "tiny", "training")


def _entry(
    name: str, domain: str, own: Sequence[Published], predictions: Sequence[Prediction]
) -> LeftOut:
    errors = [
        p.error
        for p in predictions
        if p.row.domain == domain and not p.impossible and p.row.model_id != "mlpt_kws"
    ]
    return LeftOut(
        name=name,
        domain=domain,
        predicted=len(errors),
        rows=sum(row.domain == domain for row in own),
        median=round(median(errors), 4) if errors else None,
        mean=round(fmean(errors), 4) if errors else None,
    )


def pooled(entries: Sequence[LeftOut]) -> dict[str, tuple[int, float, float]]:
    """For each domain: how many devices or models, the median of their medians and of their means.

    Each counts alike, however many rows it has.
    """
    summary = {}
    for domain in dict.fromkeys(entry.domain for entry in entries):
        known = [e for e in entries if e.domain == domain and e.median is not None]
        if known:
            medians = [e.median for e in known if e.median is not None]
            means = [e.mean for e in known if e.mean is not None]
            summary[domain] = (len(known), median(medians), median(means))
    return summary
