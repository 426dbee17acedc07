"""The page of the docs: what is predicted how well, written by `python -m perfsim.published.page`.

With --leave-out the constants are fitted again without each device and model in turn, which takes a
minute, and kept in data/left_out.json; without it the page shows what stands there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from perfsim.catalog import DATA
from perfsim.published.fitting import FitSet, fit_sets, package_rows
from perfsim.published.leave_out import BY, LeftOut, leave_out
from perfsim.published.report import DOMAINS, HEADINGS, not_drawn, percent, picture, reasons, table
from perfsim.published.validation import Validation, validate

GUIDE = Path(__file__).parents[2] / "book" / "guide"
LEFT_OUT = DATA / "left_out.json"
TEXT = DATA / "validation_page.md"
LEAST_ROWS = 8
PAGE, PICTURE = "perfsim-validation.md", "perfsim-validation.svg"


def page(result: Validation, left_out: dict[str, list[LeftOut]]) -> str:
    """The text of the page: the prose of data/validation_page.md with tables in it."""
    domains = [s for s in result.domains() if s.group in DOMAINS]
    parts = {
        "domains": markdown(HEADINGS, table(domains)),
        "groups": markdown(HEADINGS, table(result.groups())),
        "devices": left_table("device", left_out["device"]),
        "models": left_table("model", left_out["model"]),
        "fits": markdown(("constants of", "constants", "rows"), fitted_rows(result)),
        "reasons": without_prediction(result),
        "not drawn": [", ".join(f"{count} in {u}" for u, count in not_drawn(result).items())],
        "least": [str(LEAST_ROWS)],
    }
    text = TEXT.read_text(encoding="utf-8")
    for name, lines in parts.items():
        text = text.replace(f"{{{name}}}", "\n".join(lines))
    return text


def without_prediction(result: Validation) -> list[str]:
    """A line for each reason why rows have no prediction, or contradict physics."""
    lines = [f"- {_first_ids(ids)}: {reason}" for reason, ids in reasons(result).items()]
    impossible = [f"- {p.row.id} contradicts physics: {p.impossible}." for p in result.impossible]
    return lines + impossible


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown; all columns but the first stand to the right."""
    rule = "|---|" + "--:|" * (len(headings) - 1)
    return [_line(headings), rule, *(_line(row) for row in rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def left_table(by: str, entries: Sequence[LeftOut]) -> list[str]:
    """The devices or models that were predicted without their own rows, LEAST_ROWS or more."""
    listed = [e for e in entries if e.predicted >= LEAST_ROWS]
    cells = [
        (e.name, e.domain, str(e.predicted), percent(e.median), percent(e.mean)) for e in listed
    ]
    return markdown((f"{by} left out", "domain", "rows", "median error", "mean error"), cells)


def fitted_rows(result: Validation) -> list[tuple[str, str, str]]:
    """For each fit set of LEAST_ROWS rows or more its constants and the number of its rows."""
    rows = package_rows()
    counted = ((s, sum(s.holds(row) for row in rows)) for s in fit_sets())
    return [_fit_cells(s, result, count) for s, count in counted if count >= LEAST_ROWS]


def _fit_cells(fit_set: FitSet, result: Validation, rows: int) -> tuple[str, str, str]:
    values = result.constants[fit_set.setup]
    return fit_set.setup, ", ".join(f"{n} {v:.3g}" for n, v in values.items()), str(rows)


def _first_ids(ids: Sequence[str], count: int = 4) -> str:
    remainder = f" and {len(ids) - count} more" if len(ids) > count else ""
    return ", ".join(ids[:count]) + remainder


def stored_left_out() -> dict[str, list[LeftOut]]:
    """What leaving out gave when it was last computed."""
    stored = json.loads(LEFT_OUT.read_text(encoding="utf-8"))
    return {by: [LeftOut(**entry) for entry in stored[by]] for by in BY}


def write(folder: Path = GUIDE, again: bool = False) -> None:
    """Writes the page and its picture; again: leaves out every device and model first."""
    rows = package_rows()
    if again:
        computed = {by: [asdict(e) for e in leave_out(rows, by)] for by in BY}
        LEFT_OUT.write_text(json.dumps(computed, indent=1) + "\n", encoding="utf-8")
    result = validate(rows)
    (folder / PAGE).write_text(page(result, stored_left_out()), encoding="utf-8")
    (folder / PICTURE).write_text(picture(result), encoding="utf-8")


if __name__ == "__main__":
    write(again="--leave-out" in sys.argv[1:])
