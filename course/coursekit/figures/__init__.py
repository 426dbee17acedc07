"""Figures where Matplotlib is missing: its names, as far as the notebooks use them, drawn as SVG.

In a page of the browser there is Python and NumPy, but no Matplotlib. There
`import matplotlib.pyplot as plt` gives what is here. Elsewhere nothing imports it.

Read in this order; each module imports only earlier ones:

    colours    names of colours, and shades that stand for numbers
    scale      from data to a share of a side; limits, ticks and their words
    style      'C2o--', color=, ls= and their kin
    contour    the line where a surface has a given height
    marks      lines, bars, dots, pictures and words: their data and their SVG
    axes       Matplotlib's calls, each of which adds a mark or sets something
    layout     the room that words need, and the rectangles that are left
    drawing    subplots(), show(), and a figure as one SVG
"""

from coursekit.figures.drawing import Figure, close, show, subplots

__all__ = ["Figure", "close", "show", "subplots"]
