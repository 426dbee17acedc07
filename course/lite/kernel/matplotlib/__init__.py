"""Stands where Matplotlib would: the figures are those of `coursekit.figures`."""

from coursekit.figures.colours import CYCLE, Shades

__all__ = ["CYCLE", "Shades", "rcParams"]
rcParams: dict[str, object] = {}
