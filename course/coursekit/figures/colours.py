"""Colours of figures: names, places in the cycle, and shades that stand for numbers.

The shades are those of Matplotlib's colour maps of the same names, kept as nine colours between
which the others are mixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursekit.palette import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION

CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
LETTERS = {"k": INK, "black": INK, "w": "white", "b": BLUE, "r": VERMILION, "g": GREEN, "": "none"}
SHADES = {
    "Blues": "f7fbff deebf7 c6dbef 9dcae1 6aaed6 4191c6 2070b4 08509b 08306b",
    "Greys": "ffffff f0f0f0 d9d9d9 bdbdbd 959595 727272 515151 242424 000000",
    "Purples": "fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807cba 6950a3 53268f 3f007d",
    "RdBu": "67001f bb2a34 e58368 fbceb7 f6f7f7 c0dceb 68abd0 2870b1 053061",
    "PuOr": "7f3b08 be630a ef9e3c fed7a2 f6f6f7 cecde4 988dbe 5d3790 2d004b",
    "coolwarm": "3b4cc0 6282ea 8db0fe b9d0f9 dddcdc f5c4ac f4987a dd5f4b b40426",
    "viridis": "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725",
    "cividis": "00224e 1a386f 434e6c 61656f 7d7c78 9b9476 bcae6c dec958 fee838",
    "gray": "000000 ffffff",
}


@dataclass(frozen=True)
class Shades:
    """Colours for shares from 0 to 1. mixes: between two of them, else each has its own part."""

    colours: tuple[str, ...]
    mixes: bool = True

    def rgb(self, shares: np.ndarray) -> np.ndarray:
        """Red, green and blue, 0 to 255, of each share; of the shape of `shares` and 3."""
        table = np.array([_rgb(colour) for colour in self.colours], dtype=float)
        clipped = np.clip(np.nan_to_num(np.asarray(shares, dtype=float)), 0, 1)
        if not self.mixes:
            return table[np.minimum((clipped * len(table)).astype(int), len(table) - 1)]
        at = np.linspace(0, 1, len(table))
        return np.stack([np.interp(clipped, at, table[:, k]) for k in range(3)], axis=-1)

    def __call__(self, share: float) -> tuple[float, ...]:
        """Red, green, blue and opacity, from 0 to 1, as Matplotlib gives them."""
        return (*(float(part) / 255 for part in self.rgb(np.array(share))), 1.0)


def shades(name: str | Shades | None) -> Shades:
    """The colour map of a name, `cividis` without one; a name with _r is turned around."""
    if isinstance(name, Shades):
        return name
    base = (name or "cividis").removesuffix("_r")
    colours = tuple("#" + colour for colour in SHADES.get(base, SHADES["cividis"]).split())
    return Shades(colours[::-1] if name and name.endswith("_r") else colours)


def css(colour: Any, fallback: str = BLUE) -> str:
    """A colour of Matplotlib as SVG says it: a name, C2, #rrggbb, '0.5', or a tuple of shares."""
    if colour is None:
        return fallback
    if isinstance(colour, str):
        return _of_text(colour)
    red, green, blue, *alpha = (float(part) for part in colour)
    opacity = f"{round(255 * alpha[0]):02x}" if alpha and alpha[0] < 1 else ""
    return "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue)) + opacity


def _of_text(colour: str) -> str:
    if re.fullmatch(r"C\d+", colour):
        return CYCLE[int(colour[1:]) % len(CYCLE)]
    if re.fullmatch(r"0?\.\d+", colour):
        part = round(255 * float(colour))
        return f"#{part:02x}{part:02x}{part:02x}"
    return LETTERS.get(colour, colour)


def _rgb(colour: str) -> tuple[int, ...]:
    text = css(colour).lstrip("#")
    plain = {"white": "ffffff", INK: "000000", "none": "ffffff"}.get(text, text)
    return tuple(int(plain[k : k + 2], 16) for k in (0, 2, 4))
