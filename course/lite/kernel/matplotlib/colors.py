"""`from matplotlib.colors import ListedColormap, to_hex` in the browser."""

from collections.abc import Sequence

from coursekit.figures.colours import Shades
from coursekit.figures.colours import css as to_hex

__all__ = ["ListedColormap", "to_hex"]


def ListedColormap(colors: Sequence[str]) -> Shades:
    """Each of the colours for its own part of the numbers."""
    return Shades(tuple(colors), mixes=False)
