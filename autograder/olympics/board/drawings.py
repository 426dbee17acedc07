"""Intervals, trends and the Pareto plot as inline SVG, each with a label that says it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10

from olympics.events import Event

from autograder.olympics.board.figures import score_text, tick_text
from autograder.olympics.results import Result, merit
from autograder.reporting.html_page import Markup, renderer
from autograder.reporting.plot_scale import Box, Scale, overlap

render = renderer("autograder.olympics.board")
INTERVAL_WIDTH, INTERVAL_HEIGHT = 180, 24
TREND_WIDTH, TREND_HEIGHT = 72, 24
PLOT_WIDTH, PLOT_HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 106, 24, 40, 58
LEAST_MARGIN = 0.05  # of the largest value: what differs by less is not drawn as a great difference
LABEL_HEIGHT, CHARACTER_WIDTH = 22, 12  # of a name on the plot at 20 px, as on a telephone


@dataclass(frozen=True)
class Point:
    """A result on the Pareto plot. name: what stands beside it. facts: name, score and metric as
    a table has them. title: what is said of it."""

    result: Result
    name: str
    facts: tuple[str, str, str]
    title: str


def interval_scale(results: Iterable[Result]) -> Scale:
    """One scale for the intervals of all rows of a table."""
    values = [value for r in results for value in (*r.scores, *_ends(r))]
    margin = 0.06 * (max(values) - min(values)) or 0.1
    return Scale(min(values) - margin, max(values) + margin, 2, INTERVAL_WIDTH - 2)


def _ends(result: Result) -> tuple[float, float]:
    scores = result.middle.scores
    return scores.get("low", result.score), scores.get("high", result.score)


def interval(result: Result, scale: Scale) -> Markup:
    """The score of a result with its 95 % interval, and a tick for each run."""
    low, high = _ends(result)
    texts = [score_text(value, result.event) for value in (result.score, low, high)]
    return Markup(
        render(
            "interval.svg",
            words="{}, 95 % interval {} to {}".format(*texts),
            width=INTERVAL_WIDTH,
            height=INTERVAL_HEIGHT,
            low=scale(low),
            high=scale(high),
            middle=scale(result.score),
            runs=[scale(score) for score in result.scores],
            one=scale(1.0) if scale.low < 1.0 < scale.high else None,
        )
    )


def trend(entries: Sequence[Result]) -> Markup:
    """The scores of a team's entries in the order of their judging; '' for a single one."""
    if len(entries) < 2:
        return Markup()
    event, scores = entries[0].event, [result.score for result in entries]
    across = Scale(0, len(scores) - 1, 4, TREND_WIDTH - 4)
    up = Scale(min(scores), max(scores), TREND_HEIGHT - 4, 4)
    return Markup(
        render(
            "trend.svg",
            words="Entries so far: " + ", ".join(score_text(score, event) for score in scores),
            width=TREND_WIDTH,
            height=TREND_HEIGHT,
            points=[(across(place), up(score)) for place, score in enumerate(scores)],
        )
    )


def frontier(points: Iterable[Point], event: Event, metric: str) -> list[Point]:
    """The points that none other beats in one of score and metric without losing in the other, by
    the metric, fewest first."""
    best: list[Point] = []
    last = (-1.0, float("inf"))
    for place, point in sorted(
        (((p.result.middle.scores[metric], merit(p.result.score, event)), p) for p in points),
        key=lambda pair: pair[0],
    ):
        if place == last or place[1] < last[1]:
            best.append(point)
            last = place
    return best


def pareto(
    points: Sequence[Point], event: Event, metric: str, labels: tuple[str, str]
) -> tuple[Markup, list[tuple[str, str, str]]]:
    """Score over a counted metric, with the line of what none beats in both; and the facts of the
    points on that line.

    labels: of the axis across and of the one upwards. Each point must have the metric.
    """
    counts = [point.result.middle.scores[metric] for point in points]
    scores = [point.result.score for point in points]
    across = _axis(counts, LEFT, PLOT_WIDTH - RIGHT)
    up = _axis(scores, PLOT_HEIGHT - BOTTOM, TOP)
    best = frontier(points, event, metric)
    drawing = Markup(
        render(
            "pareto.svg",
            words=f"{labels[1]} over {labels[0]} of {len(points)} entries; "
            f"{len(best)} of them are beaten by none in both.",
            width=PLOT_WIDTH,
            height=PLOT_HEIGHT,
            left=LEFT,
            right=PLOT_WIDTH - RIGHT,
            top=TOP,
            floor=PLOT_HEIGHT - BOTTOM,
            labels=labels,
            across=[(across(value), tick_text(metric, value)) for value in _ticks(across)],
            up=[(up(value), tick_text(_kind(event), value)) for value in _ticks(up)],
            steps=_steps([_place(point, across, up, metric) for point in best]),
            points=list(_dots([(p, _place(p, across, up, metric)) for p in points], best)),
        )
    )
    return drawing, [point.facts for point in best]


def _place(point: Point, across: Scale, up: Scale, metric: str) -> tuple[float, float]:
    return across(point.result.middle.scores[metric]), up(point.result.score)


def _kind(event: Event) -> str:
    """What the axis of the scores counts, for the text of its ticks."""
    return "share" if event.unit.startswith("of ") else "score"


def _dots(
    places: Sequence[tuple[Point, tuple[float, float]]], best: Sequence[Point]
) -> Iterator[dict[str, object]]:
    """What is drawn for each point. A name stands beside the best ones where there is room."""
    boxes = [(x - 8, y - 8, x + 8, y + 8) for _, (x, y) in places]
    named: set[tuple[str, float, float]] = set()
    for point, (x, y) in sorted(places, key=lambda pair: pair[0] in best):
        dot = {"x": x, "y": y, "title": point.title, "name": "", "best": point in best}
        is_new = point in best and (point.name, x, y) not in named
        spot = _free_spot(point.name, x, y, boxes) if is_new else None
        if spot:
            named.add((point.name, x, y))
            boxes.append(spot)
            is_left = spot[0] < x
            dot |= {"name": point.name, "anchor": "end" if is_left else "start"}
            dot |= {"name_x": x - 9 if is_left else x + 9, "name_y": round(spot[3] - 5, 1)}
        yield dot | {"open": point.result.category.division == "open"}


def _free_spot(name: str, x: float, y: float, boxes: Sequence[Box]) -> Box | None:
    """Where a name fits beside a point and hides nothing: right, left, above and below of it."""
    width, half = CHARACTER_WIDTH * len(name), LABEL_HEIGHT / 2
    for left, top in (
        (x + 9, y - LABEL_HEIGHT - 3),
        (x - 9 - width, y - LABEL_HEIGHT - 3),
        (x + 9, y - half),
        (x - 9 - width, y - half),
        (x - 9 - width, y + 3),
        (x + 9, y + 3),
    ):
        box = (round(left, 1), top, left + width, top + LABEL_HEIGHT)
        inside = (
            box[0] > LEFT and box[2] < PLOT_WIDTH and TOP - 10 < top < PLOT_HEIGHT - BOTTOM - 12
        )
        if inside and not any(overlap(box, other) for other in boxes):
            return box
    return None


def _steps(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a line that goes across first and then up or down to the next point."""
    corners = list(places[:1])
    for (_, y), after in pairwise(places):
        corners += [(after[0], y), after]
    return corners


def _axis(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale around the values: logarithmic where they are positive and differ tenfold."""
    low, high = min(values), max(values)
    if low > 0 and high >= 10 * low:
        return Scale(low / 1.3, high * 1.3, start, end, log=True)
    margin = max(0.12 * (high - low), LEAST_MARGIN * abs(high)) or 1.0
    return Scale(low - margin, high + margin, start, end)


def _ticks(scale: Scale) -> list[float]:
    """At most six round values on a scale."""
    if scale.log:
        powers = range(int(log10(scale.low)) - 1, int(log10(scale.high)) + 2)
        values = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    else:
        size = 10.0 ** int(log10(scale.high - scale.low) - 2)
        steps = (digit * size * 10**zeros for zeros in range(6) for digit in (1, 2, 5))
        step = next(step for step in steps if (scale.high - scale.low) / step <= 5)
        places = range(int(scale.low / step), int(scale.high / step) + 1)
        values = [step * place for place in places]
    return [value for value in values if scale.low <= value <= scale.high]
