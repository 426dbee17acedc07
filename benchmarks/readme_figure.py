"""The figure of the README, computed: ResNet-50 in int8 on devices from cloud to microcontroller.

`python benchmarks/readme_figure.py` writes benchmarks/limits.svg; a test compares the bytes.
"""

from __future__ import annotations

from pathlib import Path

from coursekit.svg import Bar, amount, bars
from perfsim import hardware, model, verdict

DEVICES = {
    "h100_sxm": "H100, data centre",
    "t4": "T4, cloud",
    "orin_nano_8": "Jetson Orin Nano",
    "rpi5": "Raspberry Pi 5",
    "rpi4": "Raspberry Pi 4",
    "nrf52840": "nRF52840, MCU",
}
DEADLINE_S = 0.02
TARGET = Path(__file__).with_name("limits.svg")


def figure() -> str:
    """The SVG: the least time of one image on each device, or what stops it before any time."""
    rows = [_row(name) for name in DEVICES]
    alt = "The least time of one ResNet-50 inference in int8 on six devices, against 20 ms"
    return bars(rows, alt, unit="s", limit=DEADLINE_S, of="deadline") + "\n"


def _row(name: str) -> Bar:
    result = verdict(model("resnet50"), hardware(name), "int8", deadline_s=DEADLINE_S)
    stopped = result.limit != "nothing"
    seconds = result.time.total_s if result.time and result.limit != "memory" else None
    time = amount(seconds, "s") if seconds else ""
    message = f"{time} stopped by {result.limit}".strip() if stopped else time
    return Bar(DEVICES[name], seconds, message, failed=stopped)


if __name__ == "__main__":
    TARGET.write_text(figure(), encoding="utf-8")
    print(f"{TARGET} written")
