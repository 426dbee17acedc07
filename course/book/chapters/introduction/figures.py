"""The six figures of the chapter Introduction; each function gets the names of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from coursekit.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from perfsim import Hardware, hardware, hardware_ids, model

Names = Mapping[str, Any]
PARTS = (  # name, words, middle of the box, colour, what the arrow that leaves it says
    (
        "People",
        "say what is needed,\nact on the answers",
        (0.5, 0.87),
        PURPLE,
        "collect\nand label",
    ),
    ("Data", "pictures, and what\nthey show", (0.87, 0.55), ORANGE, "train"),
    ("Model", "numbers found\nin the data", (0.74, 0.12), BLUE, "convert\nand install"),
    ("Software", "carries out the model,\nmoves the bytes", (0.26, 0.12), GREEN, "run"),
    ("Hardware", "memory, arithmetic,\nradio, battery", (0.13, 0.55), VERMILION, "answer"),
)
EDGE_AND_MOBILE = ("edge_", "phone", "laptop", "desktop_")
SCALES = {  # colour and marker
    "cloud": (BLUE, "s"),
    "edge and mobile": (ORANGE, "o"),
    "microcontroller": (GREEN, "^"),
}
LABELS = {  # where a name stands beside its point, in points of the page; far ones get a line
    "h100_sxm": ("H100", (0, 9), "center"),
    "orin_nano_8": ("Jetson Orin Nano", (-7, -9), "right"),
    "iphone15pro": ("iPhone 15 Pro", (-7, 3), "right"),
    "rpi5": ("Raspberry Pi 5", (-7, -3), "right"),
    "rpi4": ("Raspberry Pi 4", (-7, -3), "right"),
    "esp32s3": ("ESP32-S3", (-7, 2), "right"),
    "nrf52840": ("nRF52840", (6, -20), "left"),
}


def system_loop(names: Names) -> Figure:
    """People, data, model, software and hardware, and the ring of arrows between them."""
    figure, axis = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    for here, next_part in zip(PARTS, PARTS[1:] + PARTS[:1], strict=True):
        name, words, middle, colour, step = here
        _box(axis, middle, name, words, colour)
        _arrow(axis, middle, next_part[2], step)
    axis.set(xlim=(-0.04, 1.04), ylim=(-0.02, 1.01))
    axis.axis("off")
    return figure


def _box(axis: Axes, middle: tuple[float, float], name: str, words: str, colour: str) -> None:
    x, y = middle
    shape = "round,pad=0.01,rounding_size=0.03"
    box = FancyBboxPatch((x - 0.145, y - 0.105), 0.29, 0.21, shape, fill=False, ec=colour, lw=2)
    axis.add_patch(box)
    axis.text(x, y + 0.055, name, ha="center", va="center", fontsize=12, weight="bold")
    axis.text(x, y - 0.035, words, ha="center", va="center", fontsize=9)


def _arrow(axis: Axes, here: tuple[float, float], target: tuple[float, float], step: str) -> None:
    start, end = _leaves(here, target), _leaves(target, here)
    look: Any = {"arrowstyle": "-|>", "color": GREY, "lw": 1.6, "shrinkA": 3, "shrinkB": 3}
    axis.annotate("", xy=end, xytext=start, arrowprops=look)
    middle = (np.array(start) + np.array(end)) / 2
    inward = np.array([0.5, 0.47]) - middle
    x, y = middle + inward * 0.10 / np.linalg.norm(inward)
    axis.text(x, y, step, ha="center", va="center", fontsize=9, style="italic")


def _leaves(here: tuple[float, float], target: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of a box to another middle leaves the box."""
    across, up = target[0] - here[0], target[1] - here[1]
    reach = min(0.16 / max(abs(across), 1e-9), 0.12 / max(abs(up), 1e-9))
    return here[0] + across * reach, here[1] + up * reach


def alarm_precision(names: Names) -> Figure:
    """The share of true alarms over the share of pictures with a tiger, for three networks."""
    figure, axis = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
    shares = np.logspace(-4, 0, 200)
    for right, colour, dashes in ((0.90, VERMILION, ":"), (0.98, BLUE, "-"), (0.999, GREEN, "--")):
        true, false = names["alarms"](1.0, shares, right, right)
        label = f"{100 * right:g} % right"
        axis.semilogx(shares, 100 * true / (true + false), dashes, color=colour, label=label)
    share, here = names["tiger_share"], 100 * names["precision"]
    axis.plot(share, here, "o", color=BLUE, markersize=8)
    words = f"one tiger\nin {1 / share:.0f}: {here:.0f} %"
    axis.text(0.85 * share, here + 4, words, ha="right", va="bottom")
    axis.set_xlabel("share of the pictures that show a tiger (log scale)")
    axis.set(ylabel="true alarms (%)", ylim=(0, 104))
    axis.legend(loc="upper left")
    return figure


def scale_of(device: Hardware) -> str:
    """cloud, edge and mobile, or microcontroller: by the kind of the device in the catalog."""
    if device.kind == "mcu":
        return "microcontroller"
    return "edge and mobile" if device.kind.startswith(EDGE_AND_MOBILE) else "cloud"


def three_scales(names: Names) -> Figure:
    """Devices with known memory and rate, and the bytes of the weights of two networks."""
    figure, axis = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    devices = [hardware(name) for name in hardware_ids()]
    device_places = {
        d.id: (d, _place(d)) for d in devices if d.peak and (d.flash_bytes or d.memory_bytes)
    }
    for scale, (colour, marker) in SCALES.items():
        places = [place for device, place in device_places.values() if scale_of(device) == scale]
        label = f"{scale} ({len(places)})"
        axis.loglog(*zip(*places, strict=True), marker, color=colour, alpha=0.8, label=label)
    for name, (words, offset, side) in LABELS.items():
        line = {"arrowstyle": "-", "color": GREY, "lw": 0.6} if abs(offset[1]) > 15 else None
        look: Any = {"textcoords": "offset points", "fontsize": 8, "arrowprops": line}
        axis.annotate(words, device_places[name][1], offset, ha=side, **look)
    _line(axis, "mlpt_vww", 1, "person?\nint8", "right")
    _line(axis, "resnet18", 1, "ResNet-18\nint8", "right")
    _line(axis, "resnet18", 4, "ResNet-18\nfp32", "left")
    axis.set_xlabel("memory for weights (bytes, log scale)")
    axis.set_ylabel("highest known rate (operations/s, log scale)")
    axis.set(xlim=(4e4, 1e12), ylim=(3e7, 3e16))
    axis.legend(loc="lower right")
    return figure


def _place(device: Hardware) -> tuple[float, float]:
    """Bytes where the weights live, and the highest rate of all types of number."""
    return device.flash_bytes or device.memory_bytes or 0.0, max(device.peak.values())


def _line(axis: Axes, network: str, size: int, words: str, side: str) -> None:
    weights = size * (model(network).params or 0.0)
    axis.axvline(weights, color=GREY, linestyle="--", linewidth=1)
    beside = weights * (1.1 if side == "left" else 0.9)
    axis.text(beside, 3e15, words, fontsize=8, ha=side, va="center")


def bounds_and_measurements(names: Names) -> Figure:
    """For each pair of the chapter the least time by the data sheet and the published time."""
    figure, axis = plt.subplots(figsize=(7.2, 4.0), layout="constrained")
    pairs = {name: (1e3 * least, 1e3 * actual) for name, (least, actual) in names["pairs"].items()}
    for place, (least, actual) in enumerate(pairs.values()):
        axis.plot((least, actual), (place, place), color=GREY, linewidth=1.2)
        axis.text(actual * 1.35, place, f"× {_short(actual / least)}", va="center", fontsize=9)
    bounds, times = zip(*pairs.values(), strict=True)
    axis.plot(bounds, range(len(pairs)), "|", color=BLUE, ms=14, mew=2.5, label="least (modelled)")
    axis.plot(times, range(len(pairs)), "o", color=VERMILION, label="published time")
    axis.set_xscale("log")
    axis.set_yticks(range(len(pairs)), list(pairs), fontsize=9)
    axis.invert_yaxis()
    axis.set(xlabel="time of one picture (ms, log scale)", xlim=(3e-3, 4e4))
    axis.grid(visible=False, axis="y")
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def _short(ratio: float) -> str:
    return f"{ratio:.2g}" if ratio < 100 else f"{round(ratio, -2):,.0f}"


def request_times(names: Names) -> Figure:
    """Seconds of an alarm by its parts: read in the camera or in a data centre, on two links."""
    figure, axis = plt.subplots(figsize=(7.2, 2.9), layout="constrained")
    requests = names["requests"]
    starts, rows = np.zeros(len(requests)), range(len(requests))
    looks = {"computing": (BLUE, ""), "sending": (ORANGE, "//"), "light": (GREEN, "..")}
    for part, (colour, hatch) in looks.items():
        seconds = np.array([parts[part] for parts in requests.values()])
        look: Any = {"color": colour, "hatch": hatch, "edgecolor": GREY, "linewidth": 0.4}
        axis.barh(rows, seconds, left=starts, label=part, **look)
        starts = starts + seconds
    for row, total in zip(rows, starts, strict=True):
        axis.text(total + 0.8, row, f"{total:.2g} s", va="center", fontsize=9)
    axis.axvline(names["alert_s"], color=GREY, linestyle="--")
    words = "trigger to telephone, published"
    axis.text(names["alert_s"] + 0.6, -0.42, words, fontsize=8, va="center")
    axis.set_yticks(rows, [f"{place}, {link / 1e6:g} Mbit/s" for place, link in requests])
    axis.invert_yaxis()
    axis.set(xlabel="time from the four pictures to the alarm (s, modelled)", xlim=(0, 75))
    axis.grid(visible=False, axis="y")
    axis.legend(loc="lower right", bbox_to_anchor=(1.0, 0.28))
    return figure


def hours_of_work(names: Names) -> Figure:
    """Hours of people and of machines around one collection of pictures."""
    figure, axis = plt.subplots(figsize=(7.2, 2.4), layout="constrained")
    hours = names["hours"]
    looks = ((PURPLE, "D"), (SKY, "o"), (BLUE, "s"), (BLUE, "s"))
    for place, (value, (colour, marker)) in enumerate(zip(hours.values(), looks, strict=True)):
        axis.semilogx(value, place, marker, color=colour, markersize=9)
        words = f"{value:,.0f} h" if value > 100 else f"{value:.2g} h"
        axis.text(value * 1.6, place, words, va="center", fontsize=9)
    axis.set_yticks(range(len(hours)), list(hours))
    axis.grid(visible=False, axis="y")
    axis.set(xlabel="hours (log scale)", xlim=(3e-3, 5e5), ylim=(3.5, -0.5))
    return figure
