"""Predictions beside published measurements: which rows were fitted on, held out, or left aside.

A row counts as fitted where a declared fit set holds it, or where it calibrates its board (the
keyword-spotting row of each board and software). Every other row is held out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from statistics import fmean, median

from perfsim.catalog import Catalog, catalog
from perfsim.errors import PerfsimError, no_such
from perfsim.published.express import express
from perfsim.published.fitting import constants, fit_new, fit_sets, package_rows
from perfsim.published.rows import Published
from perfsim.published.terms import Constants, Terms
from perfsim.published.tiny import CALIBRATES

ROUNDING = 0.98
"""A measurement contradicts physics below this part of the floor: published figures are rounded."""


@dataclass(frozen=True)
class Prediction:
    """A published row beside its prediction, in the unit of the row."""

    row: Published
    group: str
    setup: str
    predicted: float
    fitted: bool
    impossible: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        return self.predicted / self.row.value

    @property
    def error(self) -> float:
        """|predicted - measured| / measured."""
        return abs(self.ratio - 1)


@dataclass(frozen=True)
class Unexpressed:
    """A row that the simulator cannot express, and why."""

    row: Published
    reason: str


@dataclass(frozen=True)
class Summary:
    """Rows of a group: all, expressed, held out, and the errors of the held-out ones.

    Rows that contradict physics count as expressed and not as held out. Errors are fractions, None
    where nothing is held out.
    """

    group: str
    rows: int
    expressed: int
    held_out: int
    median: float | None
    mean: float | None

    @property
    def share(self) -> float:
        """The part of the rows that is expressible."""
        return self.expressed / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Validation:
    """What became of every row of a file."""

    predictions: list[Prediction]
    unexpressed: list[Unexpressed]
    constants: Constants = field(repr=False, default_factory=dict)

    @property
    def impossible(self) -> list[Prediction]:
        return [p for p in self.predictions if p.impossible]

    @property
    def held_out(self) -> list[Prediction]:
        return [p for p in self.predictions if not p.fitted and not p.impossible]

    def domains(self) -> list[Summary]:
        """A summary of each domain: those with a prediction first, in the order of their rows."""
        names = list(dict.fromkeys(row.domain for row in self._rows()))
        return [
            _summary(
                name,
                [p for p in self.predictions if p.row.domain == name],
                sum(u.row.domain == name for u in self.unexpressed),
            )
            for name in names
        ]

    def groups(self) -> list[Summary]:
        """A summary of each group of expressed rows, by name."""
        names = sorted({p.group for p in self.predictions})
        return [_summary(n, [p for p in self.predictions if p.group == n], 0) for n in names]

    def _rows(self) -> list[Published]:
        return [p.row for p in self.predictions] + [u.row for u in self.unexpressed]


def _summary(name: str, predictions: list[Prediction], unexpressed: int) -> Summary:
    errors = [p.error for p in predictions if not p.fitted and not p.impossible]
    return Summary(
        group=name,
        rows=len(predictions) + unexpressed,
        expressed=len(predictions),
        held_out=len(errors),
        median=median(errors) if errors else None,
        mean=fmean(errors) if errors else None,
    )


def validate(
    rows: Sequence[Published],
    facts: Catalog | None = None,
    fitted: Constants | None = None,
    calibrate_on: str | None = None,
) -> Validation:
    """Every row predicted, or named with the reason why it cannot be.

    calibrate_on: the id of a model on whose rows software without constants is fitted first.
    """
    facts = facts or catalog()
    package = package_rows()
    factors = with_boards([*rows, *package], facts, fitted or constants())
    used = _fitted_on(package)
    if calibrate_on:
        calibration_rows = _rows_of_new_software(rows, calibrate_on, facts, factors)
        factors = {**factors, **fit_new(calibration_rows)}
        used |= {key(row) for pairs in calibration_rows.values() for _, row in pairs}
    predictions, unexpressed = [], []
    for row in rows:
        try:
            terms = express(row, facts, factors)
            fit = key(row) in used or _calibrates(row)
            predictions.append(_prediction(row, terms, factors, fit))
        except PerfsimError as reason:
            unexpressed.append(Unexpressed(row, str(reason)))
    return Validation(predictions, unexpressed, factors)


def _prediction(row: Published, terms: Terms, factors: Constants, fit: bool) -> Prediction:
    cost = terms.cost_of(row.value)
    impossible = ""
    if cost < ROUNDING * terms.floor:
        possible = terms.value_of(terms.floor)
        impossible = (
            f"{row.value:g} {row.unit} is {terms.floor / cost:.3g} times better than physics "
            f"allows: {possible:.3g} {row.unit}, set by {terms.floor_reason}"
        )
    return Prediction(
        row=row,
        group=terms.group,
        setup=terms.setup(factors),
        predicted=terms.predict(factors),
        fitted=fit,
        impossible=impossible,
        notes=terms.notes,
    )


def key(row: Published) -> tuple[object, ...]:
    """What makes a row the same measurement as another, whatever its id."""
    left_out = {"id", "source", "notes"}
    return tuple(getattr(row, f.name) for f in fields(row) if f.name not in left_out)


def _fitted_on(package: Iterable[Published]) -> set[tuple[object, ...]]:
    return {key(row) for row in package for fit_set in fit_sets() if fit_set.holds(row)}


def _rows_of_new_software(
    rows: Iterable[Published], model: str, facts: Catalog, factors: Constants
) -> dict[str, list[tuple[Terms, Published]]]:
    """The rows of a model whose software has no constants, by the name of its setup.

    A row that cannot be expressed is left aside; `validate` names it with the reason.
    """
    if not any(row.model_id == model for row in rows):
        raise no_such("model in the file", model, {row.model_id for row in rows if row.model_id})
    new: dict[str, list[tuple[Terms, Published]]] = {}
    for row in rows:
        if row.domain == "serving" and row.model_id == model:
            try:
                terms = express(row, facts, factors)
            except PerfsimError:
                continue
            if not set(terms.setups) & set(factors):
                new.setdefault(terms.setups[0], []).append((terms, row))
    return new


def _calibrates(row: Published) -> bool:
    return row.domain == "tiny" and row.model_id == CALIBRATES


def with_boards(rows: Iterable[Published], facts: Catalog, factors: Constants) -> Constants:
    """The constants, and those of each board that a keyword-spotting row calibrates.

    Latencies come before energies, which are in proportion to them.
    """
    boards: dict[str, Mapping[str, float]] = dict(factors)
    calibrating = [row for row in rows if _calibrates(row)]
    for row in sorted(calibrating, key=lambda row: row.metric != "latency"):
        try:
            terms = express(row, facts, boards)
        except PerfsimError:
            continue
        (name, amount), *_ = terms.amounts.items()
        boards.setdefault(terms.setups[0], {name: terms.cost_of(row.value) / amount})
    return boards
