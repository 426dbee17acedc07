"""Inline figures: what of Matplotlib is warmed before a fork, and what each notebook must import.

Matplotlib's inline backend ties itself to the shell when it is imported, so every notebook imports
it anew: `forget_backend`. Fonts, PNG, mathtext, layout and scales cost most of a second the first
time and may be shared: `draw_once`.
"""

from __future__ import annotations

import sys

BACKEND = "module://matplotlib_inline.backend_inline"


def draw_once() -> None:
    """Draw and print a figure that uses what is slow, away from pyplot, and leave no trace."""
    import matplotlib.pyplot  # noqa: F401
    import matplotlib_inline.backend_inline  # noqa: F401

    _print(_figure())
    forget_backend()


def forget_backend() -> None:
    """Let the next notebook that draws import the inline backend anew."""
    sys.modules.pop("matplotlib_inline.backend_inline", None)


def _figure():  # type: ignore[no-untyped-def]
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    lines, image = figure.subplots(1, 2)
    steps = np.arange(1, 20)
    lines.loglog(steps, steps**2, label="$x^2$")
    lines.legend(title="heat")
    lines.grid(True)
    lines.set(xlabel="steps", ylabel="size", title="lines")
    drawn = image.imshow(np.outer(steps, steps), cmap="Blues")
    figure.colorbar(drawn)
    image.text(1, 1, "text", ha="center", fontweight="bold")
    image.annotate("here", (2, 2), (5, 5), arrowprops={"arrowstyle": "->"})
    return figure


def _print(figure) -> None:  # type: ignore[no-untyped-def]
    from IPython.core.pylabtools import print_figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    print_figure(figure, fmt="png", bbox_inches="tight", base64=True)
