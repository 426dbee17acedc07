"""Stands where Matplotlib would: the figures are those of `coursekit.figures`.

Read in this order:

    colors    ListedColormap and to_hex
    pyplot    what notebooks call plt
"""

from coursekit.figures.colours import CYCLE, Shades

__all__ = ["CYCLE", "Shades", "rcParams"]
rcParams: dict[str, object] = {}
