"""The table of boards: what each one is, as its data sheet says, and what emulates it.

To add a board, add a row here and, if its chip is new, the chip's file in `firmware/c/chips/` and
its registers in `emulation/chips/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from hardware_labs.errors import BoardMissing

KIB = 1024
BITS_PER_BYTE = 10  # on a wire with 8N1: a start bit, eight of data, a stop bit


@dataclass(frozen=True)
class Bank:
    """RAM beside the main one, by its name in the reference manual."""

    name: str
    address: int
    size_bytes: int


@dataclass(frozen=True)
class BoardKind:
    """A board by its data sheet. `usb` are the (vendor, product) ids it shows on the bus.

    `ram_bytes` is the RAM in one piece, in which the firmware's data and stack lie; further RAM of
    the chip is in `banks`. `emulator` says what runs it: "unicorn", "qemu", "simavr" or "agent",
    and `packages` names the Debian packages that this takes besides what pip installs.
    """

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
    ram_address: int = 0x20000000
    banks: tuple[Bank, ...] = ()
    emulator: str = "unicorn"
    packages: tuple[str, ...] = ()
    ticks: str = "instructions"
    baud: int = 115200


BOARDS = (
    BoardKind(
        name="nano33",
        title="Arduino Nano 33 BLE Sense",
        chip="nrf52840",
        core="cortex-m4",
        clock_hz=64_000_000,
        flash_bytes=1024 * KIB,
        ram_bytes=256 * KIB,
        zig_cpu="cortex_m4",
        usb=((0x2341, 0x805A), (0x2341, 0x005A)),
        source="Nordic nRF52840 Product Specification v1.7; Arduino ABX00031 data sheet",
    ),
    BoardKind(
        name="nicla",
        title="Arduino Nicla Vision",
        chip="stm32h747",
        core="cortex-m7",
        clock_hz=480_000_000,
        flash_bytes=2048 * KIB,
        ram_bytes=512 * KIB,
        zig_cpu="cortex_m7",
        usb=((0x2341, 0x025F), (0x2341, 0x035F)),
        source="ST RM0399 (memory map, table 7) and DS12930; Arduino ABX00051 data sheet",
        flash_address=0x08000000,
        ram_address=0x24000000,
        banks=(
            Bank("DTCM", 0x20000000, 128 * KIB),
            Bank("SRAM_D2", 0x30000000, 288 * KIB),
            Bank("SRAM4", 0x38000000, 64 * KIB),
        ),
    ),
    BoardKind(
        name="m4",
        title="STM32F405 board",
        chip="stm32f405",
        core="cortex-m4",
        clock_hz=168_000_000,
        flash_bytes=1024 * KIB,
        ram_bytes=128 * KIB,
        zig_cpu="cortex_m4",
        usb=((0x0483, 0xDF11),),
        source="ST RM0090 (memory map, section 2.3) and DS8626",
        flash_address=0x08000000,
        banks=(Bank("CCM", 0x10000000, 64 * KIB),),
    ),
    BoardKind(
        name="uno",
        title="Arduino Uno",
        chip="atmega328p",
        core="avr5",
        clock_hz=16_000_000,
        flash_bytes=32 * KIB,
        ram_bytes=2 * KIB,
        zig_cpu="",
        usb=((0x2341, 0x0043), (0x2341, 0x0001), (0x2A03, 0x0043)),
        source="Microchip ATmega328P data sheet DS40002061B; Arduino A000066",
        ram_address=0x800100,
        emulator="simavr",
        packages=("gcc-avr", "avr-libc", "libsimavr-dev", "libelf-dev"),
        ticks="cycles",
    ),
    BoardKind(
        name="m55",
        title="Arm MPS3 board with a Cortex-M55 (AN547)",
        chip="mps3_an547",
        core="cortex-m55",
        clock_hz=32_000_000,
        flash_bytes=512 * KIB,
        ram_bytes=512 * KIB,
        zig_cpu="cortex_m55+mve",
        usb=(),
        source="Arm DAI 0547 (AN547) and DEN 0123 (SSE-300)",
        emulator="qemu",
        packages=("qemu-system-arm",),
        ticks="32 MHz ticks, 1.024 an instruction",
    ),
    BoardKind(
        name="pi",
        title="Raspberry Pi",
        chip="bcm2710",
        core="cortex-a53",
        clock_hz=1_000_000_000,
        flash_bytes=0,
        ram_bytes=512 * 1024 * KIB,
        zig_cpu="",
        usb=(),
        source="Raspberry Pi Zero 2 W product brief",
        ram_address=0,
        emulator="agent",
        ticks="ns",
    ),
)


def board_kind(name: str) -> BoardKind:
    """The board of that name, or a BoardMissing that lists the names there are."""
    for kind in BOARDS:
        if kind.name == name:
            return kind
    names, meant = ", ".join(kind.name for kind in BOARDS), similar_kind(name)
    question = f" Did you mean {meant}?" if meant else ""
    raise BoardMissing(f"There is no board kind '{name}'. There is: {names}.{question}")


def similar_kind(name: str) -> str:
    """The name of the kind that somebody may have meant, "" where none is like it."""
    names = [kind.name for kind in BOARDS]
    return next(iter(get_close_matches(name.casefold(), names, n=1, cutoff=0.7)), "")


def kind_of_usb(vendor: int | None, product: int | None) -> BoardKind | None:
    """The board with these USB ids, None where we do not know them."""
    kinds = [kind for kind in BOARDS if (vendor, product) in kind.usb]
    return kinds[0] if kinds else None
