"""Which tool writes firmware to which board, and that nothing is claimed that was not done."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware_labs.boards import board_kind
from hardware_labs.cli import main
from hardware_labs.errors import BoardMissing
from hardware_labs.flash import METHODS, command_line, flash, flat, installed_tool, port_of_kind

NANO33 = board_kind("nano33")


def tool(folder: Path, name: str, code: int) -> None:
    """A program of that name that writes down its words and ends with the code."""
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "$0 $@" > {folder}/ran\nexit {code}\n')
    program.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def test_without_a_tool_nothing_is_written_and_each_tool_is_named(tools: Path):
    result = CliRunner().invoke(main, ["flash", "nano33", "--port", "/dev/ttyACM0"])
    assert result.exit_code == 1
    assert "Nothing was written" in result.output
    assert "arduino-cli" in result.output and "bossac" in result.output
    assert "Besides, there is no port /dev/ttyACM0 here" in result.output


def test_a_port_that_is_not_there_is_named_before_anything_is_built(tools: Path):
    tool(tools, "bossac", 0)
    result = CliRunner().invoke(main, ["flash", "nano33", "--port", "/dev/ttyACM0"])
    assert result.exit_code == 1
    assert "Nothing was written: there is no port /dev/ttyACM0 here" in result.output
    assert not (tools / "ran").exists()


def test_a_dry_run_without_the_tool_and_the_board_says_the_command_all_the_same(tools: Path):
    result = CliRunner().invoke(main, ["flash", "nano33", "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "install arduino-cli" in result.output
    assert "Would run: arduino-cli compile --fqbn" in result.output
    assert "--upload --port PORT " in result.output


def test_an_emulated_board_is_not_flashed_and_told_why():
    result = CliRunner().invoke(main, ["flash", "emu:nano33"])
    assert result.exit_code == 1
    assert "An emulated board has its firmware already" in result.output


def test_the_tool_is_run_with_the_firmware_for_where_the_bootloader_looks(tools: Path):
    tool(tools, "bossac", 0)
    port = tools / "ttyACM7"
    port.touch()
    result = CliRunner().invoke(main, ["flash", "nano33", "--port", str(port)])
    assert result.exit_code == 0, result.output
    ran = (tools / "ran").read_text().split()
    assert f"--port={port}" in ran
    image = Path(ran[ran.index("-w") + 1]).read_bytes()
    stack, start = struct.unpack_from("<II", image)
    assert stack == 0x20000000 + NANO33.ram_bytes
    assert 0x10000 <= start < 0x10000 + len(image)
    assert "ended with exit code 0" in result.output and "not on USB" in result.output


def test_a_tool_that_fails_is_a_failure_with_its_exit_code(tools: Path):
    tool(tools, "bossac", 3)
    result = CliRunner().invoke(main, ["flash", "nano33", "--port", "COM4"])
    assert result.exit_code == 1
    assert "bossac ended with exit code 3" in result.output
    assert "exit code 0" not in result.output


def test_a_dry_run_says_the_command_and_runs_nothing(tools: Path):
    tool(tools, "arduino-cli", 0)
    result = CliRunner().invoke(main, ["flash", "nano33", "--port", "COM4", "--dry-run"])
    assert result.exit_code == 0
    assert "Would run: arduino-cli compile --fqbn arduino:mbed_nano:nano33ble" in result.output
    sketch = Path(result.output.rstrip().rpartition(" ")[2])
    assert (sketch / "lab.ino").exists()
    assert not (tools / "ran").exists()


def test_without_a_board_on_usb_the_port_is_asked_for(tools: Path):
    tool(tools, "bossac", 0)
    with pytest.raises(BoardMissing, match=r"none is\. Name its port with --port"):
        port_of_kind(NANO33)
    result = CliRunner().invoke(main, ["flash", "nano33"])
    assert result.exit_code == 1 and not (tools / "ran").exists()


@pytest.mark.parametrize("name", METHODS)
def test_every_tool_has_a_whole_command_line(name: str):
    method = METHODS[name]
    for tool in method.tools:
        values = {"port": "PORT", "elf": "fw.elf", "bin": "fw.bin", "sketch": "fw.dir"}
        line = command_line(tool, values | {"address": f"{method.address:#x}"})
        assert not [word for word in line if "{" in word or not word]
        assert any("fw." in word for word in line)
        assert tool.install


def test_the_first_tool_that_is_installed_is_taken():
    tools = METHODS["m4"].tools
    assert installed_tool(NANO33, tools, find_program=lambda _: "/bin/x") is tools[0]
    second = tools[1].program
    assert (
        installed_tool(NANO33, tools, find_program=lambda name: name if name == second else None)
        is tools[1]
    )


@pytest.mark.parametrize("name", ["m55", "pi"])
def test_a_board_without_a_method_says_so(name: str):
    with pytest.raises(BoardMissing, match="No tool here writes firmware to this board: "):
        flash(board_kind(name), None, print)


def test_the_gap_between_two_parts_of_an_elf_is_erased_flash():
    header = bytearray(52)
    struct.pack_into("<I", header, 28, 52)
    struct.pack_into("<H", header, 44, 2)
    rows = struct.pack("<8I", 1, 116, 0, 0x108, 2, 2, 0, 0)
    rows += struct.pack("<8I", 1, 118, 0, 0x100, 4, 4, 0, 0)
    assert flat(bytes(header) + rows + b"\x01\x02abcd") == b"abcd\xff\xff\xff\xff\x01\x02"
