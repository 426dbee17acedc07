"""Constants from measurements: least squares on relative errors, no constant below zero.

A fit set is named in fit_sets.toml; `python -m perfsim.published.fitting` fits all of them again
and writes constants.json. Rows that no fit set names have not been looked at by any constant.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from perfsim.catalog import DATA, Catalog, catalog
from perfsim.errors import PerfsimError
from perfsim.published.express import express, layers_of
from perfsim.published.rows import Published, read_published
from perfsim.published.terms import Constants, Terms, kind_of
from perfsim.published.training_runs import COUNTED

FIT_SETS = DATA / "fit_sets.toml"
CONSTANTS = DATA / "constants.json"
FILES = ("measurements", "llm_serving")
SERVING_NAMES = ("compute", "memory", "layer", "collective", "sequence")
LEAST_ERROR = 0.03
"""Relative errors below this count alike, so that no row is weighed without bound."""

ROUNDS = 30
"""Rounds of reweighting: enough for four digits, and few enough for a tenth of a second."""


@dataclass(frozen=True)
class FitSet:
    """A declared fit: which rows give which constants of which setup."""

    setup: str
    names: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]

    def holds(self, row: Published) -> bool:
        """Whether the row belongs to the fit set."""
        return all(str(getattr(row, column)) in values for column, values in self.where.items())


@cache
def fit_sets() -> tuple[FitSet, ...]:
    """The declared fit sets, in the order in which they are fitted."""
    table = tomllib.loads(FIT_SETS.read_text(encoding="utf-8"))
    return tuple(_fit_set(entry) for entry in table["fit"])


def _fit_set(entry: dict[str, Any]) -> FitSet:
    where = {column: tuple(map(str, values)) for column, values in entry["where"].items()}
    return FitSet(entry["setup"], tuple(entry["names"]), where)


@cache
def constants() -> Constants:
    """The constants that come with the package."""
    stored = json.loads(CONSTANTS.read_text(encoding="utf-8"))
    return MappingProxyType({**stored["constants"], COUNTED: {"ops": 1.0}})


def package_rows() -> list[Published]:
    """The published rows that come with the package."""
    return [row for name in FILES for row in read_published(DATA / f"{name}.csv")]


def fit_all(rows: Sequence[Published], facts: Catalog | None = None) -> Constants:
    """The constants of all fit sets that have rows among `rows`.

    A set whose rows rest on a set without rows has none either.
    """
    facts = facts or catalog()
    fitted: dict[str, dict[str, float]] = {COUNTED: {"ops": 1.0}}
    for fit_set in fit_sets():
        chosen = [row for row in rows if fit_set.holds(row)]
        pairs = [pair for row in chosen if (pair := _pair(fit_set, row, facts, fitted))]
        if pairs:
            fitted[fit_set.setup] = fit(fit_set.names, pairs)
    return fitted


def _pair(
    fit_set: FitSet, row: Published, facts: Catalog, fitted: Constants
) -> tuple[Terms, Published] | None:
    try:
        return express_for(fit_set, row, facts, fitted), row
    except PerfsimError:
        return None


def fit(names: Iterable[str], pairs: Sequence[tuple[Terms, Published]]) -> dict[str, float]:
    """The constants of one setup from its rows, for the names that any of them has.

    What the data sheet demands is taken off the costs first, so that a constant of computing,
    moving or sending is never below 1, and one that nobody fits is 1. Four digits are kept.
    """
    constant_names = list(names)
    used_names = [
        name for name in constant_names if any(t.amount(name, constant_names) for t, _ in pairs)
    ]
    table = [[terms.amount(name, used_names) for name in used_names] for terms, _ in pairs]
    costs = [terms.cost_of(row.value) for terms, row in pairs]
    more = robust_fit(table, costs, [terms.least() for terms, _ in pairs])
    sheet = pairs[0][0].sheet
    fitted = zip(used_names, more, strict=True)
    return {name: _four_digits(f + (kind_of(name) in sheet)) for name, f in fitted}


def _four_digits(value: float) -> float:
    return float(f"{value:.4g}")


def fit_new(rows: Mapping[str, Sequence[tuple[Terms, Published]]]) -> Constants:
    """The constants of software that serves language models and has none yet, by setup."""
    return {setup: fit(SERVING_NAMES, pairs) for setup, pairs in rows.items()}


def express_for(fit_set: FitSet, row: Published, facts: Catalog, fitted: Constants) -> Terms:
    """The terms of a row of a fit set; those of its layers where the setup is about layers."""
    if not fit_set.setup.startswith("layers"):
        return express(row, facts, fitted)
    return layers_of(row, facts)


def robust_fit(
    table: Sequence[Sequence[float]], costs: Sequence[float], least: Sequence[float] | None = None
) -> list[float]:
    """Factors >= 0 with least + table @ factors near costs: the sum of relative errors is least.

    table: rows x names. least: what each row costs without any factor, 0 if not given. Least
    squares, reweighted by the last errors (Schlossmacher 1973, "An iterative technique for absolute
    deviations curve fitting", JASA 68).
    """
    import numpy as np

    cost = np.array(costs, dtype=float)
    relative = np.array(table, dtype=float) / cost[:, None]
    targets = 1 - np.array(least or [0.0] * len(cost)) / cost
    weights = np.ones(len(cost))
    factors = np.zeros(relative.shape[1])
    for _ in range(ROUNDS):
        factors = _not_negative(relative * weights[:, None], targets * weights)
        errors = np.abs(relative @ factors - targets)
        weights = 1 / np.sqrt(np.maximum(errors, LEAST_ERROR))
    return [float(factor) for factor in factors]


def _not_negative(table: Any, target: Any) -> Any:
    """Least squares with factors >= 0: names whose factor is negative leave, worst first, and come
    back where that helps (Lawson and Hanson 1974, chapter 23)."""
    import numpy as np

    active = np.zeros(table.shape[1], dtype=bool)
    factors = np.zeros(table.shape[1])
    scale = np.maximum(np.linalg.norm(table, axis=0), 1e-300)
    for _ in range(3 * len(active)):
        gain = table.T @ (target - table @ factors) / scale
        gain[active] = -1
        if gain.max(initial=-1) <= 1e-9:
            break
        active[gain.argmax()] = True
        factors = _inner(table, target, scale, active, factors)
    return factors


def _inner(table: Any, target: Any, scale: Any, active: Any, factors: Any) -> Any:
    """The best factors >= 0 among the active names, which lose those that would be negative."""
    import numpy as np

    while True:
        trial = np.zeros(len(active))
        solved = np.linalg.lstsq(table[:, active] / scale[active], target, rcond=None)[0]
        trial[active] = solved / scale[active]
        if trial.min() >= 0:
            return trial
        falling = active & (trial < 0)
        step = (factors[falling] / (factors[falling] - trial[falling])).min()
        factors = factors + step * (trial - factors)
        active &= factors * scale > 1e-12
        factors[~active] = 0


def store(path: Path = CONSTANTS) -> None:
    """Fits every fit set again and writes the constants."""
    fitted = {name: values for name, values in fit_all(package_rows()).items() if name != COUNTED}
    text = {"written_by": "python -m perfsim.published.fitting", "constants": fitted}
    path.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    store()
