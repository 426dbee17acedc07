"""A prediction is a sum: amounts of work, each times a constant of the software that does it.

The amounts are what a perfect device would need (seconds of computing at the peak, of moving at the
bandwidth) or counts (layers, collectives). The constants say how far from perfect a software is:
the 1/share that it reaches, or seconds for each that is counted. Fitting is least squares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfsim.errors import UnknownFact

Constants = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Terms:
    """What a row asks for. cost: what the amounts add up to, in seconds unless a setup says other.

    setups: whose constants apply, the best first; a later one stands in where the first is not
    known. value = scale * cost, or scale / cost for a rate. floor: the cost that physics demands.
    """

    group: str
    setups: tuple[str, ...]
    amounts: Mapping[str, float]
    scale: float = 1.0
    is_rate: bool = False
    floor: float = 0.0
    floor_reason: str = ""
    notes: tuple[str, ...] = ()

    def cost_of(self, value: float) -> float:
        """The cost that a published value stands for."""
        return self.scale / value if self.is_rate else value / self.scale

    def value_of(self, cost: float) -> float:
        """The value that a cost stands for, in the unit of the row."""
        return self.scale / cost if self.is_rate else cost * self.scale

    def setup(self, constants: Constants) -> str:
        """The first setup whose constants are known."""
        known = next((name for name in self.setups if name in constants), None)
        if known is None:
            raise UnknownFact(
                f"there are no constants for {self.setups[0]}: one calibration model is needed, "
                "a measured model whose rows a fit set names."
            )
        return known

    def cost(self, constants: Constants) -> float:
        """The predicted cost: the amounts, each times its constant."""
        name = self.setup(constants)
        factors = constants[name]
        total = sum(amount * factors[key] for key, amount in self.amounts.items() if key in factors)
        if total <= 0:
            raise UnknownFact(f"the constants of {name} say nothing about this kind of row.")
        return total

    def predict(self, constants: Constants) -> float:
        """The predicted value, in the unit of the row."""
        return self.value_of(self.cost(constants))
