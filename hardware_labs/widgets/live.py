"""A chart that follows a stream: a bounded ring of points, redrawn at most 20 times a second."""

from __future__ import annotations

import time
from collections import deque

import ipywidgets as widgets

from hardware_labs.widgets.plot import line_chart

FRAME_S = 1 / 20


class LivePlot:
    """Shows the newest `points` pushed: `display(plot.show())`, then `plot.push(x, y)`."""

    def __init__(
        self, title: str, x_label: str = "sample", y_label: str = "value", points: int = 300
    ) -> None:
        self._title, self._labels = title, (x_label, y_label)
        self._x, self._y = deque[float](maxlen=points), deque[float](maxlen=points)
        self._drawn_s = 0.0
        self.frames = 0
        self.widget = widgets.HTML()
        self.draw()

    def show(self) -> widgets.HTML:
        """The widget, for the last line of a cell or for display()."""
        return self.widget

    def push(self, x: float, y: float) -> None:
        """Adds a point, and redraws if the last redraw is 50 ms ago."""
        self._x.append(x)
        self._y.append(y)
        if time.monotonic() - self._drawn_s >= FRAME_S:
            self.draw()

    def clear(self) -> None:
        """Forgets all points, for the next stream."""
        self._x.clear()
        self._y.clear()

    def draw(self) -> None:
        """Redraws now: once more at the end of a stream, for the last points."""
        self.widget.value = line_chart(list(self._x), list(self._y), self._title, *self._labels)
        self._drawn_s = time.monotonic()
        self.frames += 1
