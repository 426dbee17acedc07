"""RFC 2217: an emulated board served on the loopback, and reached from another program."""

from __future__ import annotations

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.emulation import registry
from hardware_labs.errors import BoardBusy, BoardLost, BoardMissing
from hardware_labs.models.network import digits_model
from hardware_labs.transports.rfc2217_server import listen

COMMAND = str(Path(sys.executable).parent / "hardware-labs")
Serving = tuple["subprocess.Popen[str]", str]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """The command, running, and the address it names."""
    program = subprocess.Popen(
        [COMMAND, "serve", "emu:nano33?fast", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # Ctrl-C, also in a job
    )  # fmt: skip
    assert program.stdout is not None
    address = re.search(r"rfc2217://\S+", program.stdout.readline())
    assert address is not None
    yield program, address[0]
    program.kill()
    program.communicate()


def printed_lines(program: subprocess.Popen[str], count: int) -> list[str]:
    assert program.stdout is not None
    return [program.stdout.readline().strip() for _ in range(count)]


def test_a_served_board_is_a_board_like_any_other(serving: Serving):
    program, address = serving
    tunnel, how_to_end = printed_lines(program, 2)
    assert re.fullmatch(r"From another machine: ssh -N -L (\d+):127\.0\.0\.1:\1 \S+", tunnel)
    assert how_to_end == "Ctrl-C ends it."
    model, rng = digits_model(), np.random.default_rng(8)
    for _ in range(2):
        with Board.connect(address) as board:
            assert (board.name, board.has_marks) == ("nano33", True)
            x = rng.integers(-128, 128, 64).astype(np.int8)
            data = bytes([255, 0, 255, 255, *range(60)])  # 255 is telnet's own mark
            board.load(data)
            lines = ["m-buffer-" + data[k : k + 8].hex("-") for k in range(0, 64, 8)]
            assert board.ask("db print") == tuple(lines)
            result = np.rint(board.infer(x).outputs / model.output_scale).tolist()
            assert result == outputs(model, x)
        connected, left = printed_lines(program, 2)
        assert connected.endswith("connected.") and left.endswith("left.")


def test_one_client_at_a_time(serving: Serving):
    program, address = serving
    printed_lines(program, 2)
    with Board.connect(address) as board:
        with pytest.raises(BoardBusy, match="another program is connected there"):
            Board.connect(address)
        assert board.ping() > 0
    assert "was turned away" in printed_lines(program, 2)[1]


def test_a_client_that_is_cut_off_makes_room_for_the_next(serving: Serving):
    program, address = serving
    host, _, number = address.removeprefix("rfc2217://").partition(":")
    rude = socket.create_connection((host, int(number)))
    rude.sendall(b"\xff\xfd\x2cname%na")
    rude.recv(100)
    rude.close()
    assert printed_lines(program, 4)[3].endswith("left.")
    with Board.connect(address) as board:
        assert board.name == "nano33"


def test_clients_that_hang_up_before_they_are_let_in_end_nothing(serving: Serving):
    program, address = serving
    host, _, number = address.removeprefix("rfc2217://").partition(":")
    for _ in range(30):
        rude = socket.create_connection((host, int(number)))
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.close()  # by a reset: the connection is gone, though it was never accepted
    with Board.connect(address) as board:
        assert board.name == "nano33"
    assert program.poll() is None


def test_an_option_that_there_is_not_is_named_before_anything_is_served():
    completed = subprocess.run(
        [COMMAND, "serve", "/dev/ttyNONE?speed=3", "--port", "0"], capture_output=True, text=True
    )
    assert (completed.returncode, completed.stdout) == (1, "")
    assert "has the option 'speed'; there is only 'baud=115200'" in completed.stderr


def test_a_server_that_ends_is_a_lost_board(serving: Serving):
    program, address = serving
    board = Board.connect(address)
    program.send_signal(signal.SIGINT)
    deadline = time.monotonic() + 20
    with pytest.raises(BoardLost, match=r"went away.*board\.reconnect"):
        while time.monotonic() < deadline:
            board.ask("name")
    output, errors = program.communicate(timeout=20)
    assert output.endswith("No longer served.\n") and errors == ""
    assert program.returncode == 0


def test_a_served_board_that_is_unplugged_ends_the_service_in_words(serving: Serving):
    program, address = serving
    board = Board.connect(address)
    (running,) = registry.running()
    os.kill(running.pid, signal.SIGKILL)
    with pytest.raises(BoardLost):
        [board.ask("name") for _ in range(200)]
    _, errors = program.communicate(timeout=20)
    assert re.match(r"Error: The board on /dev/\S+ went away", errors)
    assert program.returncode == 1


def test_nobody_at_that_address_is_said_with_what_to_start_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
    with pytest.raises(BoardMissing, match=r"Nobody answers.*hardware-labs serve.*ssh -N -L"):
        Board.connect(f"rfc2217://127.0.0.1:{number}")
    with pytest.raises(BoardMissing, match="no address of the form rfc2217://HOST:PORT"):
        Board.connect("rfc2217://127.0.0.1:99999999")


@pytest.mark.slow
def test_what_is_no_rfc_2217_server_is_said_to_be_none():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
        with pytest.raises(BoardBusy, match="or it is no RFC 2217 server"):
            Board.connect(f"rfc2217://127.0.0.1:{number}")


def test_a_number_that_is_taken_is_said():
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(BoardMissing, match="Choose another with --port"),
    ):
        listen(listener.getsockname()[1])
    completed = subprocess.run(
        [COMMAND, "serve", "/dev/ttyNONE", "--port", "0"], capture_output=True, text=True
    )
    assert completed.returncode == 1
    assert "Error: There is no port /dev/ttyNONE" in completed.stderr
