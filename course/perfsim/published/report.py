"""A validation as plain values, for JSON and for the tables of the command and of the docs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from perfsim.charts import Marks, scatter_svg
from perfsim.errors import PerfsimError
from perfsim.published.validation import Prediction, Summary, Unexpressed, Validation

DOMAINS = ("inference", "serving", "tiny", "training")
"""Domains that the simulator is made for; energy at the plug and carbon are only named."""


def plain(validation: Validation) -> dict[str, Any]:
    """Everything as JSON values: summaries, every row, and what was left aside."""
    return {
        "domains": [_summary(s) for s in validation.domains()],
        "groups": [_summary(s) for s in validation.groups()],
        "rows": [_row(p) for p in validation.predictions],
        "cannot_be_expressed": [_row_without_prediction(u) for u in validation.unexpressed],
        "contradict_physics": [
            {"id": p.row.id, "reason": p.impossible} for p in validation.impossible
        ],
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "group": summary.group,
        "rows": summary.rows,
        "expressed": summary.expressed,
        "expressible_percent": round(100 * summary.share, 1),
        "held_out": summary.held_out,
        "median_error_percent": _percent(summary.median),
        "mean_error_percent": _percent(summary.mean),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _row(prediction: Prediction) -> dict[str, Any]:
    return {
        "id": prediction.row.id,
        "domain": prediction.row.domain,
        "group": prediction.group,
        "constants_of": prediction.setup,
        "predicted": float(f"{prediction.predicted:.5g}"),
        "measured": prediction.row.value,
        "unit": prediction.row.unit,
        "ratio": float(f"{prediction.ratio:.4g}"),
        "error_percent": _percent(prediction.error),
        "fitted": prediction.fitted,
        "notes": list(prediction.notes),
    }


def _row_without_prediction(unexpressed: Unexpressed) -> dict[str, str]:
    row = unexpressed.row
    return {"id": row.id, "domain": row.domain, "reason": unexpressed.reason}


HEADINGS = ("group", "rows", "expressible", "held out", "median error", "mean error")


def table(summaries: list[Summary]) -> list[tuple[str, ...]]:
    """The cells of a table with HEADINGS."""
    return [
        (
            s.group,
            str(s.rows),
            f"{100 * s.share:.0f} %",
            str(s.held_out),
            percent(s.median),
            percent(s.mean),
        )
        for s in summaries
    ]


def percent(share: float | None) -> str:
    """A fraction in per cent with one decimal, a dash for None."""
    return "-" if share is None else f"{100 * share:.1f} %"


def reasons(validation: Validation) -> dict[str, list[str]]:
    """The reasons why rows cannot be expressed, each with the ids of its rows."""
    ids_by_text: dict[str, list[str]] = {}
    for unexpressed in validation.unexpressed:
        ids_by_text.setdefault(unexpressed.reason, []).append(unexpressed.row.id)
    return ids_by_text


def assumptions(validation: Validation) -> dict[str, list[str]]:
    """What was assumed or fell back to another type, each with the ids of its rows."""
    ids_by_text: dict[str, list[str]] = {}
    for prediction in validation.predictions:
        for note in prediction.notes:
            ids_by_text.setdefault(note, []).append(prediction.row.id)
    return ids_by_text


def picture(validation: Validation) -> str:
    """Predicted beside measured cost of the held-out rows, in seconds, as SVG.

    Throughputs are shown as the time of one, so that slow is to the right everywhere. PerfsimError
    where no held-out row is a time or a rate.
    """
    marks = [
        Marks(domain, [_times(p) for p in validation.held_out if _is_time(p, domain)])
        for domain in DOMAINS
    ]
    filled = [mark for mark in marks if mark.points]
    if not filled:
        raise PerfsimError(
            "there is nothing to draw: no row that has a prediction is held out and is a time or a "
            "rate. Run: perfsim validate"
        )
    return scatter_svg(filled, "Held-out rows: predicted beside measured time", "s", bands=(1.25,))


def not_drawn(validation: Validation) -> dict[str, int]:
    """The units of held-out rows that are no point of the picture, and how many rows each has."""
    rows = [p for p in validation.held_out if not any(_is_time(p, domain) for domain in DOMAINS)]
    return dict(Counter(p.row.unit for p in rows).most_common())


UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0}


def _is_time(prediction: Prediction, domain: str) -> bool:
    unit = prediction.row.unit
    return prediction.row.domain == domain and (unit in UNITS or unit.endswith("/s"))


def _times(prediction: Prediction) -> tuple[float, float]:
    values = (prediction.row.value, prediction.predicted)
    factor = UNITS.get(prediction.row.unit)
    measured, predicted = (v * factor if factor else 1 / v for v in values)
    return measured, predicted
