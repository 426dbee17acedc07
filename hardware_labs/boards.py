"""The table of boards: what each one is, as its data sheet says.

To add a board, add a row here and, if its chip is new, a `chip.c` and a door to its registers.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware_labs.errors import BoardMissing


@dataclass(frozen=True)
class BoardKind:
    """A board by its data sheet. `usb` are the (vendor, product) ids it shows on the bus."""

    name: str
    title: str
    chip: str
    core: str
    clock_hz: int
    flash_bytes: int
    ram_bytes: int
    zig_cpu: str
    usb: tuple[tuple[int, int], ...]
    source: str
    flash_address: int = 0


BOARDS = (
    BoardKind(
        name="nano33",
        title="Arduino Nano 33 BLE Sense",
        chip="nrf52840",
        core="cortex-m4",
        clock_hz=64_000_000,
        flash_bytes=1024 * 1024,
        ram_bytes=256 * 1024,
        zig_cpu="cortex_m4",
        usb=((0x2341, 0x805A), (0x2341, 0x005A)),
        source="Nordic nRF52840 Product Specification v1.7; Arduino ABX00031 data sheet",
    ),
)


def board_kind(name: str) -> BoardKind:
    """The board of that name, or a BoardMissing that lists the names there are."""
    for kind in BOARDS:
        if kind.name == name:
            return kind
    names = ", ".join(kind.name for kind in BOARDS)
    raise BoardMissing(f"There is no board kind '{name}'. There is: {names}.")


def kind_of_usb(vendor: int | None, product: int | None) -> BoardKind | None:
    """The board with these USB ids, None where we do not know them."""
    kinds = [kind for kind in BOARDS if (vendor, product) in kind.usb]
    return kinds[0] if kinds else None
