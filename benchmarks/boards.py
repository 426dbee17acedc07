"""How fast the emulated boards answer, load and infer, beside what their wire allows.

Run: python benchmarks/boards.py --json benchmarks/boards.json
Each board there is, held to the clock on the wall and not, and at 921,600 baud where it has that
rate. A board whose emulator is not installed is a line that says so.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hardware_labs.bench import measure
from hardware_labs.board import Board
from hardware_labs.boards import BOARDS
from hardware_labs.errors import BoardError

TIMES = 50
WAYS = {"unicorn": ("", "fast", "baud=921600", "fast&baud=921600")}
USUAL_WAYS = ("", "fast")
HEADER = (
    "| board | ping ms (95 %) | binary B/s | of the wire | hex B/s | of the wire | inferences/s "
    "| on board ms |\n|---|--:|--:|--:|--:|--:|--:|--:|"
)


def addresses() -> list[str]:
    """Every emulated board in every way."""
    return [
        f"emu:{kind.name}{'?' * bool(way)}{way}"
        for kind in BOARDS
        for way in WAYS.get(kind.emulator, USUAL_WAYS)
    ]


def figures(address: str, times: int = TIMES) -> dict[str, Any]:
    """The measurement of one board, or {"trouble": why there is none}."""
    try:
        with Board.connect(address) as board:
            return measure(board, times)
    except BoardError as error:
        return {"trouble": str(error)}


def row(address: str, figures: dict[str, Any]) -> str:
    """One line of the table."""
    if "trouble" in figures:
        return f"| `{address}` | {figures['trouble']} ||||||||"
    binary, hexadecimal = (
        f"{figures[f'{way}_bytes_s']:,.0f} | {_share(figures, way)}" for way in ("binary", "hex")
    )
    return (
        f"| `{address}` | {figures['ping_ms']:.2f} ({figures['ping_p95_ms']:.2f}) | {binary} "
        f"| {hexadecimal} | {figures['inferences_s']:.1f} | {figures['latency_us'] / 1e3:.3f} |"
    )


def _share(figures: dict[str, Any], way: str) -> str:
    return f"{100 * figures[f'{way}_bytes_s'] / figures[f'{way}_limit_bytes_s']:.0f} %"


def main() -> None:
    measured = {}
    print(HEADER)
    for address in addresses():
        measured[address] = figures(address)
        print(row(address, measured[address]), flush=True)
    if "--json" in sys.argv[1:]:
        target = Path(sys.argv[sys.argv.index("--json") + 1])
        target.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
