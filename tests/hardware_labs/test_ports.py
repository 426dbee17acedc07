"""Ports that are held, shut, or not there: each in words."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardBusy, BoardError
from hardware_labs.transports.serial_port import (
    SerialLink,
    _holder,
    _why,
    port_of,
    ports,
    serial_number,
)


def test_a_port_that_another_program_holds_names_that_program():
    script = (
        "import sys, time\nfrom hardware_labs.transports.serial_port import SerialLink\n"
        "link = SerialLink(sys.argv[1])\nprint('open', flush=True)\ntime.sleep(60)"
    )
    with EmulatedBoard(board_kind("nano33"), fast=True) as running:
        command = [sys.executable, "-c", script, running.port]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None and other.stdout.readline() == b"open\n"
            with pytest.raises(BoardBusy, match=rf"already open by process {other.pid} \(python"):
                Board.connect(running.port)
            other.kill()
        with Board.connect(running.port) as board:
            assert board.name == "nano33"


@pytest.mark.parametrize(
    "trouble",
    ["[Errno 13] could not open port /dev/ttyACM0: [Errno 13] Permission denied: '/dev/ttyACM0'",
     "could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)"],
)  # fmt: skip
def test_a_port_that_may_not_be_opened_says_the_fix(trouble: str):
    error = _why("/dev/ttyACM0", OSError(trouble))
    assert type(error) is BoardError
    assert "may not be opened by this user. Run: sudo usermod -aG dialout" in str(error)


@pytest.mark.parametrize(
    "text", ["[Errno 16] Device or resource busy: '/dev/ttyACM0'", "Resource busy", "occupé"]
)
def test_a_port_that_is_busy_is_never_called_missing(text: str):
    error = _why("/dev/ttyACM0", OSError(errno.EBUSY, f"could not open port: {text}"))
    assert type(error) is BoardBusy
    assert "/dev/ttyACM0 is already open" in str(error)


def test_a_process_that_ends_while_its_files_are_looked_at_holds_nothing(tmp_path: Path):
    """Its folder still lists the port, and no longer has a name."""
    files, port = tmp_path / "123" / "fd", tmp_path / "port"
    files.mkdir(parents=True)
    port.touch()
    (files / "3").symlink_to(port)
    assert _holder(str(port), tmp_path) == ""
    (tmp_path / "123" / "comm").write_text("python\n")
    assert _holder(str(port), tmp_path) == " by process 123 (python)"


def test_an_emulated_board_is_found_though_the_system_does_not_list_it():
    with EmulatedBoard(board_kind("nano33"), fast=True) as running:
        number = serial_number(running.port)
        assert running.port in [port.port for port in ports()]
        assert number and port_of(number) == running.port
    assert port_of(number) == "" == port_of("")


def test_a_read_that_may_not_wait_does_not(monkeypatch):
    with EmulatedBoard(board_kind("nano33"), fast=True) as running:
        link = SerialLink(running.port)
        link.read(0.5)
        assert link.read(0) == b""
        link.write(b"name%")
        assert link.read(2.0).startswith(b"m")
        link.close()


def test_a_rate_no_port_can_have_is_said():
    with (
        EmulatedBoard(board_kind("nano33"), fast=True) as running,
        pytest.raises(BoardError, match="cannot be set to 99999999999 baud"),
    ):
        SerialLink(running.port, baud=99_999_999_999)
