"""The figures of the chapter Benchmarking, drawn from the names of its code cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from coursekit.palette import BLUE, GREEN, GREY, ORANGE, VERMILION
from matplotlib.figure import Figure

Names = Mapping[str, Any]
A, B = BLUE, VERMILION


def warm_up(names: Names) -> Figure:
    """The first calls, in their order."""
    cold = names["cold"]
    figure, axes = plt.subplots(figsize=(7, 3))
    axes.semilogy(np.arange(1, 61), cold[:60], "o", color=A, markersize=4)
    axes.axhline(np.median(cold[100:]), color=GREY, linestyle="--", linewidth=1)
    axes.annotate(
        f"first call: {cold[0]:.0f} µs",
        (1, cold[0]),
        (5, cold[0] * 0.8),
        arrowprops={"arrowstyle": "-", "color": GREY},
    )
    axes.set(xlabel="call", ylabel="time, µs", xlim=(0, 61), ylim=(5, 150))
    axes.set_yticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
    axes.minorticks_off()
    return figure


def spread(names: Names) -> Figure:
    """All times of both versions, with their medians and means."""
    edges = list(np.geomspace(5, 1e6, 90))
    figure, panels = plt.subplots(2, 1, figsize=(7, 4), sharex=True)
    rows = (("A, new arrays", names["pair_a"], A), ("B, arrays that exist", names["pair_b"], B))
    for axes, (name, times, colour) in zip(panels, rows, strict=True):
        axes.hist(times, edges, color=colour, alpha=0.75)
        axes.axvline(np.median(times), color=GREY, linewidth=1.2)
        axes.axvline(times.mean(), color=GREY, linewidth=1.2, linestyle="--")
        axes.set(xscale="log", yscale="log", ylabel="calls", ylim=(0.7, 6000))
        axes.text(0.98, 0.86, name, transform=axes.transAxes, ha="right", color=colour)
        axes.annotate("median", (np.median(times), 300), (6, 0), textcoords="offset points")
        axes.annotate("mean", (times.mean(), 300), (6, 0), textcoords="offset points")
    panels[1].set_xlabel("time of one call, µs")
    return figure


def omission(names: Names) -> Figure:
    """Latency from sending and latency from the moment when a request was due."""
    due_s = names["due"] / 1000
    figure, axes = plt.subplots(figsize=(7, 3.2))
    axes.plot(
        due_s, names["from_due"], "o", color=B, markersize=2.5, label="from the moment it was due"
    )
    axes.plot(
        due_s, names["from_sent"], "s", color=A, markersize=2.5, label="from the moment it was sent"
    )
    axes.set(xlabel="moment at which the request was due, s", ylabel="latency, ms", xlim=(4, 7))
    axes.legend(loc="upper right", markerscale=2.5)
    return figure


def scenarios(names: Names) -> Figure:
    """Published images per second by device and scenario."""
    results = names["results"]
    kinds = (("SingleStream", A), ("Server", ORANGE), ("Offline", GREEN))
    figure, axes = plt.subplots(figsize=(7, 3))
    for shift, (kind, colour) in zip((0.27, 0, -0.27), kinds, strict=True):
        places = [place for place, rates in enumerate(results.values()) if kind in rates]
        rates = [rates[kind] for rates in results.values() if kind in rates]
        bars = axes.barh([place + shift for place in places], rates, 0.25, color=colour, label=kind)
        axes.bar_label(bars, [f"{rate:,.0f}" for rate in rates], padding=4, fontsize=9)
    axes.set_yticks(range(len(results)), list(results))
    axes.invert_yaxis()
    axes.set(xscale="log", xlabel="images per second", xlim=(300, 1e6))
    axes.grid(axis="y", visible=False)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="lower right")
    return figure


def drift(names: Names) -> Figure:
    """Medians of groups of calls in the order in which they were measured: blocks, then turns."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.1), sharey=True)
    size = names["group"]
    a, b = _medians(names["block_a"], size), _medians(names["block_b"], size)
    left.plot(np.arange(len(a)), a, "o-", color=A, markersize=4)
    left.plot(len(a) + np.arange(len(b)), b, "s-", color=B, markersize=4)
    left.text(4, 6.3, "A", color=A, ha="center", size=13)
    left.text(27, 6.3, "B", color=B, ha="center", size=13)
    left.set(xlabel=f"group of {size} calls", ylabel="median, µs", title="blocks")
    for times, colour, marker, name in (
        (names["pair_a"], A, "o-", "A"),
        (names["pair_b"], B, "s--", "B"),
    ):
        right.plot(_medians(times, size), marker, color=colour, markersize=4, label=name)
    right.set(xlabel=f"group of {size} calls of each", title="turns")
    right.legend(loc="lower right", ncols=2)
    return figure


def intervals(names: Names) -> Figure:
    """The bootstrap values of the ratio, from blocks and from turns."""
    figure, axes = plt.subplots(figsize=(7, 3))
    samples = (("blocks", names["block_ratios"], ORANGE), ("turns", names["pair_ratios"], GREEN))
    low = min(values.min() for _, values, _ in samples) - 0.002
    high = max(values.max() for _, values, _ in samples) + 0.002
    for name, values, colour in samples:
        axes.hist(values, list(np.linspace(low, high, 70)), color=colour, alpha=0.8, label=name)
    axes.axvline(1, color=GREY, linestyle="--", linewidth=1.2)
    axes.annotate(
        "no difference", (1, axes.get_ylim()[1] * 0.92), (8, 0), textcoords="offset points"
    )
    axes.set(xlabel="ratio of medians, B / A", ylabel="bootstrap samples")
    axes.legend(loc="upper right")
    return figure


def _medians(times: Any, group: int) -> Any:
    return np.median(times[: len(times) // group * group].reshape(-1, group), axis=1)
