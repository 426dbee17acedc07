"""A number with its unit as people type it: `1,200 ms`, `1.2e3 ms`, `1,5 s`, `3 × 10^4 B`.

`read_quantity` returns number and unit, `converted` the number in another unit of the same kind.
The page of a chapter reads numbers in the same way in JavaScript; a test compares the two.
"""

from __future__ import annotations

import re
from typing import NamedTuple

KINDS: dict[str, dict[str, float]] = {
    "time": {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0},
    "size": {
        "B": 1.0,
        "kB": 1e3,
        "MB": 1e6,
        "GB": 1e9,
        "TB": 1e12,
        "KiB": 2.0**10,
        "MiB": 2.0**20,
        "GiB": 2.0**30,
    },
    "energy": {"nJ": 1e-9, "uJ": 1e-6, "mJ": 1e-3, "J": 1.0, "kJ": 1e3, "Wh": 3600.0, "kWh": 3.6e6},
    "power": {"uW": 1e-6, "mW": 1e-3, "W": 1.0, "kW": 1e3},
    "share": {"": 1.0, "%": 0.01},
}
"""Units by kind, with their factors. A share may be written with or without the sign of percent."""

NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?P<digits>\d[\d.,' ]*|[.,]\d+)"
    r"(?:(?:[eE]|\s*[x*]\s*10\s*\^?\s*)(?P<power>[-+]?\d+)(?!\d))?\s*(?P<unit>.*)"
)
LOOKALIKES = str.maketrans(
    {
        "\u2212": "-",
        "\u2013": "-",
        "×": "x",
        "·": "*",
        "µ": "u",
        "μ": "u",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


class Quantity(NamedTuple):
    """A number and the unit written behind it, '' where there is none."""

    value: float
    unit: str


def read_quantity(text: str) -> Quantity:
    """The number and the unit of a typed answer.

    A comma or a point is the mark of decimals unless it parts groups of three digits: '1,200' is
    twelve hundred, '1,5' is one and a half, '0,200' is a fifth. ValueError with a sentence for
    text that is no number.
    """
    plain = text.translate(LOOKALIKES).strip()
    match = NUMBER.fullmatch(plain)
    digits = _decimal(match["digits"].strip()) if match else None
    if match is None or digits is None:
        raise ValueError(f"A number was needed, such as 12.5 or 3e4, but '{text}' came.")
    return Quantity(float(f"{match['sign']}{digits}e{match['power'] or 0}"), match["unit"].strip())


def _decimal(digits: str) -> str | None:
    """Digits with one point at most, or None where commas and points make no number."""
    body = re.sub(r"(?<=\d)[' ](?=\d{3}(?!\d))", "", digits)
    if re.fullmatch(r"\d+|\d*\.\d+|\d+\.", body) and not re.fullmatch(
        r"[1-9]\d{0,2}\.\d{3}\.", body
    ):
        return body
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?", body):
        return body.replace(",", "")
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+,\d*", body) or re.fullmatch(
        r"[1-9]\d{0,2}(\.\d{3}){2,}", body
    ):
        return body.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d*,\d+", body):
        return body.replace(",", ".")
    return None


def kind_of(unit: str) -> str | None:
    """The kind of a unit that has siblings, None for any other: '' for a plain share is one."""
    return next((kind for kind, units in KINDS.items() if unit in units), None)


def converted(quantity: Quantity, unit: str) -> float:
    """The number in `unit`. A number without a unit is taken to be in `unit` already.

    ValueError with a sentence where the two units measure different things.
    """
    unit = unit.translate(LOOKALIKES)
    if quantity.unit in ("", unit):
        return quantity.value
    kind = kind_of(unit)
    if kind is None or quantity.unit not in KINDS[kind]:
        unit_phrase = f"in {unit}" if unit else "without a unit"
        raise ValueError(f"The answer is asked for {unit_phrase}, but '{quantity.unit}' came.")
    return quantity.value * KINDS[kind][quantity.unit] / KINDS[kind][unit]
