"""Firmware onto a real board, with the tool that the board's maker gives out.

Nothing here has been run on a real board: the command lines are those of the makers' own
documentation, and what is printed is the tool's own exit code.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.errors import BoardError, BoardMissing
from hardware_labs.firmware.build import build
from hardware_labs.firmware.cache import cache_dir
from hardware_labs.firmware.elf import segments
from hardware_labs.firmware.sketch import write_sketch
from hardware_labs.models.network import digits_model


@dataclass(frozen=True)
class Tool:
    """A program that writes firmware. Its words may hold {port}, {bin}, {elf}, {address} and
    {sketch}, a folder with the firmware as an Arduino sketch, which the tool compiles itself."""

    program: str
    words: tuple[str, ...]
    install: str
    note: str = ""

    def takes(self, placeholder: str) -> bool:
        return any("{" + placeholder + "}" in word for word in self.words)


@dataclass(frozen=True)
class Method:
    """How a board gets its firmware: where its bootloader looks, and the tools that write."""

    address: int
    tools: tuple[Tool, ...]


def arduino(fqbn: str) -> Tool:
    """Arduino's own command line, which compiles the sketch and starts the bootloader too."""
    core = fqbn.rpartition(":")[0]
    return Tool(
        "arduino-cli",
        ("compile", "--fqbn", fqbn, "--upload", "--port", "{port}", "{sketch}"),
        f"https://arduino.github.io/arduino-cli, then: arduino-cli core install {core}",
    )


HEADER = "This firmware speaks on the pins TX and RX of the header, not on USB."
ADAPTER = "It was written over an ST-LINK adapter, and speaks on PA9 and PA10."
METHODS = {
    "nano33": Method(
        0x10000,  # the Arduino bootloader keeps the first 64 KB
        (
            arduino("arduino:mbed_nano:nano33ble"),
            Tool(
                "bossac",
                ("-d", "--port={port}", "-U", "-i", "-e", "-w", "{bin}", "-R"),
                "Arduino's build of it (1.9.1-arduino2); press the reset button twice before",
                HEADER,
            ),
        ),
    ),
    "nicla": Method(
        0x08040000,  # the Arduino bootloader keeps the first 256 KB
        (
            arduino("arduino:mbed_nicla:nicla_vision"),
            Tool(
                "dfu-util",
                ("--device", "2341:035f", "-a0", "--dfuse-address={address}:leave", "-D", "{bin}"),
                "sudo apt install dfu-util, or brew install dfu-util; press reset twice before",
                HEADER,
            ),
        ),
    ),
    "m4": Method(
        0x08000000,
        (
            Tool(
                "st-flash",
                ("--reset", "write", "{bin}", "{address}"),
                "sudo apt install stlink-tools, or brew install stlink",
                ADAPTER,
            ),
            Tool(
                "openocd",
                ("-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg",
                 "-c", "program {elf} verify reset exit"),
                "sudo apt install openocd, or brew install open-ocd",
                ADAPTER,
            ),
        ),
    ),
    "uno": Method(
        0,
        (
            arduino("arduino:avr:uno"),
            Tool(
                "avrdude",
                ("-p", "m328p", "-c", "arduino", "-P", "{port}", "-b", "115200",
                 "-U", "flash:w:{elf}:e"),
                "sudo apt install avrdude, or brew install avrdude",
            ),
        ),
    ),
}  # fmt: skip


def flash(
    kind: BoardKind, port: str | None, say: Callable[[str], object], dry_run: bool = False
) -> None:
    """Builds the lab firmware for `kind` and has the board's tool write it; `say` hears each step.

    A dry run says the command even where its tool or its port is not here. Raises BoardMissing
    where there is no tool or no board, BoardError where the tool fails.
    """
    method = METHODS.get(kind.name)
    if method is None:
        ways = ", ".join(METHODS)
        raise BoardMissing(
            f"No tool here writes firmware to this board: {kind.title}. It is done for: {ways}."
        )
    if dry_run:
        _show(kind, method, port, say)
        return
    tool = installed_tool(kind, method.tools, absent_port(port))
    place = (port or port_of_kind(kind)) if tool.takes("port") else ""
    command = command_line(tool, _built(kind, method, tool, place, say))
    say(f"Running: {shlex.join(command)}")
    code = subprocess.run(command, check=False).returncode
    if code:
        raise BoardError(
            f"{tool.program} ended with exit code {code}, so the board was probably not written. "
            "What it printed stands above."
        )
    say(f"{tool.program} ended with exit code 0. {tool.note}".rstrip())


def _show(kind: BoardKind, method: Method, port: str | None, say: Callable[[str], object]) -> None:
    """The command that would be run, and what it still lacks on this machine."""
    troubles = [absent_port(port)]
    try:
        tool = installed_tool(kind, method.tools)
    except BoardMissing as missing:
        tool, troubles = method.tools[0], [*troubles, str(missing)]
    place = (port or _port_to_show(kind)) if tool.takes("port") else ""
    command = command_line(tool, _built(kind, method, tool, place, say))
    for words in filter(None, troubles):
        say(words[0].upper() + words[1:])
    say(f"Would run: {shlex.join(command)}")


def _port_to_show(kind: BoardKind) -> str:
    try:
        return port_of_kind(kind)
    except BoardMissing:
        return "PORT"


def _built(
    kind: BoardKind, method: Method, tool: Tool, port: str, say: Callable[[str], object]
) -> dict[str, str]:
    """What the tool's words may hold: the firmware in the form that it takes, made now."""
    values = {"address": f"{method.address:#010x}"} | ({"port": port} if port else {})
    values |= _sketch(kind) if tool.takes("sketch") else _images(kind, method)
    say("Built " + ", ".join(f"{key} {value}" for key, value in sorted(values.items())) + ".")
    return values


def absent_port(port: str | None) -> str:
    """A sentence where `port` is a device file that is not there, else ""."""
    if port is None or not port.startswith("/") or Path(port).exists():
        return ""
    return f"there is no port {port} here; hardware-labs boards lists what there is."


def installed_tool(
    kind: BoardKind,
    tools: tuple[Tool, ...],
    port_trouble: str = "",
    find_program: Callable[[str], str | None] = shutil.which,
) -> Tool:
    """The first tool that is installed. Raises BoardMissing with how to get each, and where a port
    is missing too."""
    tool = next((tool for tool in tools if find_program(tool.program)), None)
    if tool is not None and not port_trouble:
        return tool
    ways = "; or ".join(f"{tool.program} ({tool.install})" for tool in tools)
    install = "" if tool else f"for the {kind.title} install {ways}."
    words = " Besides, ".join(filter(None, [install, port_trouble]))
    raise BoardMissing(f"Nothing was written: {words}")


def port_of_kind(kind: BoardKind) -> str:
    """The port of the one board of this kind on USB. Raises BoardMissing for none or several."""
    from hardware_labs.transports.serial_port import ports

    board_ports = [p.port for p in ports() if p.board == kind.name and "emulated" not in p.detail]
    if len(board_ports) != 1:
        several = f"{len(board_ports)} are: {', '.join(board_ports)}" if board_ports else "none is"
        raise BoardMissing(
            f"One {kind.title} should be on USB, and {several}. Name its port with --port; "
            "hardware-labs boards lists what there is."
        )
    return board_ports[0]


def command_line(tool: Tool, values: dict[str, str]) -> list[str]:
    """What is run, word by word."""
    return [tool.program, *(word.format(**values) for word in tool.words)]


def flat(elf: bytes) -> bytes:
    """The bytes of a 32-bit ELF as they lie in flash, from the lowest address on, gaps as 0xFF."""
    parts = dict(segments(elf))
    image = bytearray()
    for address in sorted(parts):
        image += b"\xff" * (address - min(parts) - len(image))
        image += parts[address]
    return bytes(image)


def _sketch(kind: BoardKind) -> dict[str, str]:
    """The folder of the firmware as an Arduino sketch."""
    folder = cache_dir() / "sketches" / kind.name
    return {"sketch": str(write_sketch(kind, digits_model(), folder).parent)}


def _images(kind: BoardKind, method: Method) -> dict[str, str]:
    """The ELF for the place where the bootloader looks, and the same as plain bytes beside it."""
    bootloader_bytes = method.address - kind.flash_address
    moved = replace(
        kind, flash_address=method.address, flash_bytes=kind.flash_bytes - bootloader_bytes
    )
    elf = build(moved, digits_model()).elf
    binary = elf.with_suffix(".bin")
    binary.write_bytes(flat(elf.read_bytes()))
    return {"elf": str(elf), "bin": str(binary)}
