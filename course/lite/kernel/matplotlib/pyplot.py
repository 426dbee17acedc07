"""`import matplotlib.pyplot as plt` in the browser."""

from types import SimpleNamespace

from coursekit.figures import Figure, close, show, subplots
from coursekit.figures.colours import SHADES, shades

from matplotlib import rcParams

__all__ = ["Figure", "close", "cm", "rcParams", "show", "subplots"]
cm = SimpleNamespace(**{name: shades(name) for name in SHADES})
