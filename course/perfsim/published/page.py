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
from perfsim.published.report import DOMAINS, HEADINGS, percent, picture, reasons, table
from perfsim.published.validation import Validation, validate

GUIDE = Path(__file__).parents[2] / "book" / "guide"
LEFT_OUT = DATA / "left_out.json"
LEAST_ROWS = 6
PAGE, PICTURE = "perfsim-validation.md", "perfsim-validation.svg"

INTRODUCTION = """\
# How far off is perfsim?

This page is for readers who want to know how much a prediction of `perfsim` is worth. It is written by
`python -m perfsim.published.page`, from the published measurements that come with the package. A test compares it with
what would be written now. Terms are explained in the [glossary](glossary.md).

## What is compared

A published measurement is a row of a CSV file: a model on a device, with a software, a batch and a type of numbers, and
the time or the rate that somebody measured. `perfsim` counts what the row asks for: operations, bytes, layers, messages.
Each amount is multiplied by a constant of the software, and the sum is the predicted time. A constant of 1.1 for memory
means that the software reaches 1/1.1 of the bandwidth in the data sheet.

Constants are fitted on declared rows, which are named in `course/perfsim/data/fit_sets.toml`. All other rows are *held
out*: no constant has seen them. The errors below are those of held-out rows alone, |predicted - measured| / measured.
For microcontrollers one measurement of keyword spotting calibrates each board and software, and its other networks are
predicted. Check a file of your own, with devices and models of your own:

```
perfsim validate FILE.csv --hardware more_devices.csv --models more_models.csv
```
"""

AFTER_GROUPS = """\
![Predicted beside measured time of the held-out rows](perfsim-validation.svg)

On the line both are equal. Between the dashed lines the prediction is at most a quarter too long or too short.
"""

LEAVING = """\
## A device or a model that nobody measured

Held-out rows may share their device with a fitted row. The harder question is a new device: here each device leaves in
turn. All fit sets are fitted again without its rows, and its rows are predicted. The second table does the same with
models. A device is missing where its software was measured on no other.
"""

LIMITS = """\
## What it cannot do

- A software on devices of another vendor needs one calibration model. `perfsim validate FILE.csv --calibrate MODEL` fits
  its constants on the rows of that model and predicts the others.
- A share of the peak in a pre-training depends on the engineers more than on the device. The constant is one for all.
- Under a deadline (MLPerf's *Server*) the answer depends on the bound for each model; the constant is one for all.
- Small accelerators that are short of power (T4, Jetson) reach less of their peak than others with the same software.
- Latencies on a CPU depend on kernels that are better for some shapes than for others. Networks that copy much
  (DenseNet) or end in large dense layers (VGG) are predicted too fast.
"""

NEXT = """\
## Read next

- [benchmarks/README.md](../../../benchmarks/README.md): how fast a prediction is
- [glossary](glossary.md)
"""


def page(found: Validation, left: dict[str, list[LeftOut]]) -> str:
    """The text of the page."""
    domains = [s for s in found.domains() if s.group in DOMAINS]
    return "\n".join(
        [
            INTRODUCTION,
            "## How far off",
            "",
            *markdown(HEADINGS, table(domains)),
            "",
            *markdown(HEADINGS, table(found.groups())),
            "",
            AFTER_GROUPS,
            LEAVING,
            *(line for by in BY for line in [*left_table(by, left[by]), ""]),
            "## What the constants were fitted on",
            "",
            *markdown(("constants of", "constants", "rows"), fitted_rows(found)),
            "",
            "## Rows without a prediction",
            "",
            *[f"- {_few(ids)}: {reason}" for reason, ids in reasons(found).items()],
            *[f"- {p.row.id} contradicts physics: {p.impossible}." for p in found.impossible],
            "",
            LIMITS,
            NEXT.rstrip(),
            "",
        ]
    )


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown; all columns but the first stand to the right."""
    rule = "|---|" + "--:|" * (len(headings) - 1)
    return [_line(headings), rule, *(_line(row) for row in rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def left_table(by: str, entries: Sequence[LeftOut]) -> list[str]:
    """The devices or models that were predicted without their own rows, LEAST_ROWS or more."""
    shown = [e for e in entries if e.predicted >= LEAST_ROWS]
    cells = [
        (e.name, e.domain, str(e.predicted), percent(e.median), percent(e.mean)) for e in shown
    ]
    return markdown((f"{by} left out", "domain", "rows", "median error", "mean error"), cells)


def fitted_rows(found: Validation) -> list[tuple[str, str, str]]:
    """For each fit set of three rows or more its constants and the number of its rows."""
    rows = package_rows()
    counted = ((s, sum(s.holds(row) for row in rows)) for s in fit_sets())
    return [_fit_cells(s, found, count) for s, count in counted if count >= 3]


def _fit_cells(fit_set: FitSet, found: Validation, rows: int) -> tuple[str, str, str]:
    values = found.constants[fit_set.setup]
    return fit_set.setup, ", ".join(f"{n} {v:.3g}" for n, v in values.items()), str(rows)


def _few(ids: Sequence[str], most: int = 4) -> str:
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more


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
    found = validate(rows)
    (folder / PAGE).write_text(page(found, stored_left_out()), encoding="utf-8")
    (folder / PICTURE).write_text(picture(found), encoding="utf-8")


if __name__ == "__main__":
    write(again="--leave-out" in sys.argv[1:])
