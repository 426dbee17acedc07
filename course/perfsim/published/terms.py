"""A prediction is a sum: amounts of work, each times a constant of the software that does it.

The amounts are what a perfect device would need (seconds of computing at the peak, of moving at the
bandwidth) or counts (layers, collectives). The constants say how far from perfect a software is:
the 1/share that it reaches, or seconds for each that is counted. Fitting is least squares.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import fmean

from perfsim.errors import UnknownFact

Constants = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Terms:
    """What a row asks for. cost: what the amounts add up to, in seconds unless a setup says other.

    setups: whose constants apply, the best first; a later one stands in where the first is not
    known. value = scale * cost, or scale / cost for a rate. floor: the cost that physics demands.
    sheet: the kinds of amounts that are seconds at the data sheet's rates, all of which a software
    has to spend: their constants are at least 1, fitted or not.
    """

    group: str
    setups: tuple[str, ...]
    amounts: Mapping[str, float]
    scale: float = 1.0
    is_rate: bool = False
    floor: float = 0.0
    floor_reason: str = ""
    notes: tuple[str, ...] = ()
    sheet: tuple[str, ...] = ()

    def cost_of(self, value: float) -> float:
        """The cost that a published value stands for."""
        return self.scale / value if self.is_rate else value / self.scale

    def value_of(self, cost: float) -> float:
        """The value that a cost stands for, in the unit of the row."""
        return self.scale / cost if self.is_rate else cost * self.scale

    def setup(self, constants: Constants) -> str:
        """The first setup whose constants are known."""
        setup_name = next((name for name in self.setups if name in constants), None)
        if setup_name is None:
            raise UnknownFact(
                f"there are no constants for {self.setups[0]}: one calibration model is needed, "
                "a measured model whose rows a fit set names."
            )
        return setup_name

    def cost(self, constants: Constants) -> float:
        """The predicted cost: the amounts, each times its constant, and never below the floor."""
        setup = self.setup(constants)
        factors = constants[setup]
        total = sum(a * factor(name, factors, self.sheet) for name, a in self.amounts.items())
        if total <= 0:
            raise UnknownFact(f"the constants of {setup} say nothing about this kind of row.")
        return max(total, self.floor)

    def amount(self, name: str, names: Collection[str]) -> float:
        """What the constant `name` is multiplied with, in a fit of `names`.

        The first word of a name is its kind: "memory" takes what "memory encoder" does not.
        """
        return sum(a for key, a in self.amounts.items() if taken_by(key, names) == name)

    def least(self) -> float:
        """What the amounts of `sheet` cost with constants of 1."""
        return sum(a for key, a in self.amounts.items() if kind_of(key) in self.sheet)

    def predict(self, constants: Constants) -> float:
        """The predicted value, in the unit of the row."""
        return self.value_of(self.cost(constants))


def taken_by(key: str, names: Collection[str]) -> str:
    """The constant that an amount belongs to: its own name, or its kind; '' where neither is."""
    kind = kind_of(key)
    return key if key in names else kind if kind in names else ""


def kind_of(key: str) -> str:
    """The kind of an amount: the first word of its name."""
    return key.split()[0]


def factor(key: str, factors: Mapping[str, float], sheet: Collection[str] = ()) -> float:
    """The constant of an amount; for a family that nobody measured, the mean of its kind's.

    Without any it costs nothing, and 1 where its kind is one of `sheet`.
    """
    least = 1.0 if kind_of(key) in sheet else 0.0
    name = taken_by(key, factors)
    if name:
        return max(least, factors[name])
    like = [value for other, value in factors.items() if kind_of(other) == kind_of(key)]
    return max(least, fmean(like)) if like else least
