"""The command `hardware-labs`, through click's runner and once for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.cli import main
from hardware_labs.emulation import registry
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardError, BoardMissing, missing_library
from hardware_labs.install import boards_line


def test_boards_lists_what_runs_and_what_could(board: Board):
    result = CliRunner().invoke(main, ["boards"])
    assert result.exit_code == 0
    assert board.port in result.output and "emu:nano33" in result.output


def test_identify_prints_what_the_board_says_of_itself():
    result = CliRunner().invoke(main, ["identify", "emu:nano33"])
    assert result.exit_code == 0
    assert "clock_hz     64000000" in result.output


def test_identify_of_nothing_is_one_sentence_and_exit_code_1():
    result = CliRunner().invoke(main, ["identify", "/dev/ttyNONE"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no port /dev/ttyNONE")


@pytest.mark.parametrize(
    "address, words",
    [
        ("nano33", "to open (No such file or directory). Ports with a board: none. Did you mean"),
        ("/dev/ttyNONE", "Ports with a board: none. Without a board, take emu:nano33."),
        ("emu:nano3", "m55, pi. Did you mean nano33?"),
        ("emu:Nano33", "m55, pi. Did you mean nano33?"),
        ("emu:fridge", "m55, pi.\n"),
        ("socket://foo", "Error: 'socket://foo' is no address of the form socket://HOST:PORT.\n"),
        ("socket://127.0.0.1:1", "Connection refused"),
        ("emu:pi?ram=1M", "'ram=1M' is too little: the agent does not start with it. Take at"),
    ],
)
def test_an_address_that_leads_nowhere_says_which_one_does(address: str, words: str):
    result = CliRunner().invoke(main, ["identify", address])
    assert result.exit_code == 1
    assert words in result.output and result.output.count("\n") == 1
    assert result.output.casefold().count("no such file") <= 1


def test_a_raspberry_pi_of_the_least_memory_answers():
    result = CliRunner().invoke(main, ["identify", "emu:pi?ram=4M&fast"])
    assert result.exit_code == 0, result.output


def test_a_limit_without_room_for_the_agent_is_one_sentence():
    with pytest.raises(BoardError) as caught, EmulatedBoard(board_kind("pi"), ram_bytes=1 << 20):
        pass
    assert "1 MB are too little for the agent and its model. Give it more" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_a_port_that_is_not_there_is_never_said_to_be_served():
    result = CliRunner().invoke(main, ["serve", "/dev/ttyNONE", "--port", "0"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no port /dev/ttyNONE")


def test_weights_that_are_more_than_the_flash_are_not_compiled():
    begin_s = time.monotonic()
    result = CliRunner().invoke(main, ["build", "--hidden", "100000"])
    assert result.exit_code == 1
    assert "7400000 bytes of weights will not fit in region 'FLASH' of 1048576" in result.output
    assert time.monotonic() - begin_s < 10


def test_build_names_the_file_and_build_of_too_much_says_by_how_much():
    assert ".elf" in CliRunner().invoke(main, ["build"]).output
    result = CliRunner().invoke(main, ["build", "--hidden", "20000"])
    assert result.exit_code == 1
    assert "overflowed by" in result.output


def test_build_says_what_the_firmware_takes_with_another_model_and_kernels():
    result = CliRunner().invoke(main, ["build", "--model", "sww01", "--kernels", "smlad"])
    assert result.exit_code == 0, result.output
    assert "(sww01, 21912 weights)" in result.output
    assert "of 1,048,576 bytes" in result.output and "of 262,144 bytes" in result.output


def test_build_of_an_unknown_model_names_those_there_are():
    result = CliRunner().invoke(main, ["build", "--model", "kws99"])
    assert result.exit_code == 1
    assert "There is: digits, kws01, vww01, ad01, ic01, sww01." in result.output
    refusal = CliRunner().invoke(main, ["build", "--model", "kws01", "--hidden", "8"])
    assert refusal.exit_code == 1 and "leave out --model" in refusal.output


def test_the_doctor_finds_this_machine_fit():
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "answers in" in result.output


def test_emulate_as_a_real_command_serves_a_board_until_it_is_ended():
    command = [str(Path(sys.executable).parent / "hardware-labs"), "emulate", "--fast"]
    command += ["--model", "sww01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        port = running.stdout.readline().decode().split(" is on ")[1].split(".")[0]
        with Board.connect(port) as board:
            assert board.name == "nano33"
            assert board.info()["model"] == "sww01"
        running.terminate()
    assert running.returncode != 0


def test_emulate_says_that_its_board_ended_by_itself():
    command = [str(Path(sys.executable).parent / "hardware-labs"), "emulate", "--fast"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("An emulated nano33 is on ")
        (entry,) = registry.running()
        os.kill(entry.pid, signal.SIGKILL)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert errors.startswith("Error: The emulated nano33 ended by itself. It said: ")


def test_a_sketch_that_cannot_be_written_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["build", "--sketch", str(tmp_path / "file" / "x")])
    assert result.exit_code == 1
    assert result.output.startswith("Error: The sketch cannot be written to ")


@pytest.mark.parametrize(
    "error, words",
    [
        (ModuleNotFoundError("No module named 'serial'", name="serial"), "which is not installed"),
        (
            ModuleNotFoundError("No module named 'six'", name="six"),
            r"not load here \(No module named",
        ),
        (ImportError("cannot import name 'rfc2217'"), "pip install --force-reinstall pyserial"),
    ],
)
def test_a_library_that_is_there_and_broken_is_not_called_missing(error, words: str):
    with pytest.raises(BoardMissing, match=words):
        raise missing_library("pyserial", "A serial port", error)


def test_a_missing_library_is_a_sentence_with_the_line_to_type():
    script = (
        "import sys\nsys.modules['unicorn'] = None\n"
        "from click.testing import CliRunner\nfrom hardware_labs.cli import main\n"
        "import hardware_labs.errors\n"
        "try:\n    import hardware_labs.emulation.cortex_m\n"
        "except hardware_labs.errors.BoardMissing as error:\n    print(error)"
    )
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert completed.stdout.startswith("An emulated board needs 'unicorn', which is not installed.")
    assert f"Run: {boards_line()}" in completed.stdout
