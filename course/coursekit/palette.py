"""The colours of the course: those of Okabe and Ito (Color Universal Design, 2008), and three inks.

People who see red and green alike can tell them apart. No colour carries a meaning alone: lines
also differ in their dashes, points in their markers. The inks read on white and on black.
"""

from __future__ import annotations

BLUE, VERMILION, GREEN, ORANGE = "#0072b2", "#d55e00", "#009e73", "#e69f00"
PURPLE, SKY, YELLOW = "#cc79a7", "#56b4e9", "#f0e442"

GREY = "#7a7a7a"
"""Words, axes and lines of reference: contrast 4.3 on white, 4.4 on JupyterLab's dark #111."""

INK = "currentColor"
"""In SVG and HTML: the colour of the words around it, dark or light as the page is."""

FAINT = "#8a8a8a66"
"""Lines of a grid."""
