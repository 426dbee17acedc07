"""Where a surface has a given height: pieces of the line, cell by cell (marching squares)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Piece = tuple[float, float, float, float]


def pieces(x: np.ndarray, y: np.ndarray, heights: np.ndarray, level: float) -> Iterator[Piece]:
    """Straight pieces x1, y1, x2, y2 of the line at `level`.

    x of shape (columns,), y of shape (rows,), heights of shape (rows, columns).
    """
    above = heights > level
    mixed = above[:-1, :-1] + above[:-1, 1:].astype(int) + above[1:, :-1] + above[1:, 1:]
    for row, column in np.argwhere((mixed > 0) & (mixed < 4)):
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        crossed = [
            _crossing(x, y, heights, level, start, end)
            for start, end in zip(corners, corners[1:] + corners[:1], strict=True)
            if above[start] != above[end]
        ]
        for first, second in zip(crossed[::2], crossed[1::2], strict=True):
            yield (*first, *second)


def _crossing(
    x: np.ndarray,
    y: np.ndarray,
    heights: np.ndarray,
    level: float,
    start: tuple[int, int],
    end: tuple[int, int],
) -> tuple[float, float]:
    """The place on the edge between two corners where the height is `level`."""
    low, high = float(heights[start]), float(heights[end])
    share = (level - low) / (high - low)
    across = float(x[start[1]]) + share * (float(x[end[1]]) - float(x[start[1]]))
    up = float(y[start[0]]) + share * (float(y[end[0]]) - float(y[start[0]]))
    return across, up
