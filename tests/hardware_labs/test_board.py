"""An emulated board behind a real serial device."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from reference_mlp import outputs

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation import registry
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardBusy, BoardError, BoardLost, BoardMissing, BoardRefused
from hardware_labs.models.network import digits_model, unseen_digits
from hardware_labs.transports.link import ScriptedLink
from hardware_labs.transports.serial_port import ports


def has_ended(pid: int) -> bool:
    """Whether the process ends within ten seconds."""
    until = time.monotonic() + 10
    while registry.alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not registry.alive(pid)


def test_an_emulated_board_says_what_it_is(board: Board):
    assert board.name == "nano33"
    info = board.info()
    kind = board_kind("nano33")
    assert (int(info["flash_bytes"]), int(info["ram_bytes"])) == (kind.flash_bytes, kind.ram_bytes)
    assert int(info["macs"]) == digits_model().macs == 2368


def test_the_board_and_the_specification_agree_bit_for_bit_on_every_test_digit(board: Board):
    model, (images, _) = digits_model(), unseen_digits()
    x = (np.rint(images / 16 / model.input_scale) + model.input_zero).astype(np.int8)
    int8_outputs = [
        np.rint(board.infer(image).outputs / model.output_scale).tolist() for image in x
    ]
    assert int8_outputs == [outputs(model, image) for image in x]


def test_binary_and_hexadecimal_loading_leave_the_same_bytes(board: Board):
    data = bytes(np.random.default_rng(5).integers(0, 256, 64, dtype=np.uint8))
    board.load(data)
    by_frames = board.ask("crc") + board.ask("db print")
    board.ask("db load 64")
    board.ask(f"db {data[:32].hex()}")
    board.ask(f"db {data[32:].hex()}")
    assert board.ask("crc") + board.ask("db print") == by_frames


def test_a_spoiled_frame_is_refused_and_the_board_still_answers(board: Board):
    board.link.write(b"bload 4%\x04abcd\x00\x00")
    received = b""
    while b"m-ready" not in received:
        received += board.link.read(0.1)
    assert b"e-[Bad frame after byte 0]\r\n" in received
    assert board.ask("name") == ("m-name-dut-[nano33]",)


def test_a_board_stuck_in_a_half_sent_frame_is_found_again(board: Board):
    board.link.write(b"bload 64%\x40half")
    board.resync()
    assert board.ask("name") == ("m-name-dut-[nano33]",)


def test_an_input_of_the_wrong_size_is_refused(board: Board):
    with pytest.raises(BoardRefused, match="takes 64 numbers of int8, and x has 65"):
        board.infer(np.zeros(65, np.int8))
    assert board.ping() > 0


def test_leaving_a_stream_early_stops_the_board(board: Board):
    for sample in board.stream(200):
        if sample.sequence == 5:
            break
    assert board.ask("name") == ("m-name-dut-[nano33]",)


def test_a_stream_has_the_same_values_every_time(board: Board):
    assert list(board.stream(100, 60)) == list(board.stream(100, 60))


def test_settings_change_the_signal(board: Board):
    board.ask("set amplitude 0")
    board.ask("set noise 3")
    assert {abs(sample.values[0]) <= 3 for sample in board.stream(100, 50)} == {True}


def test_a_second_opener_is_told_who_holds_the_port(board: Board):
    with pytest.raises(BoardBusy, match=rf"already open by process {os.getpid()}.*board\.close"):
        Board.connect(board.port)
    assert board.ping() > 0


def test_unplugging_is_a_lost_board_and_reconnecting_keeps_the_log(board: Board):
    board.ask("name")
    board.unplug()
    with pytest.raises(BoardLost, match=r"went away.*board\.reconnect"):
        board.ask("info")
    assert not board.connected
    with pytest.raises(BoardLost, match="is closed"):
        board.ask("info")
    before = len(board.log)
    board.reconnect()
    assert board.ask("name") == ("m-name-dut-[nano33]",)
    assert len(board.log) > before


def test_unplugging_in_the_middle_of_a_stream_is_a_lost_board(board: Board):
    samples = board.stream(500)
    next(samples)
    board.unplug()
    with pytest.raises(BoardLost):
        list(samples)


def test_several_boards_at_once_do_not_hear_each_other():
    boards = [Board.connect("emu:nano33?fast") for _ in range(3)]
    for k, one in enumerate(boards):
        one.ask(f"set period {k + 7}")
        one.load(bytes([k] * 3))
    assert [one.ask("db print") for one in boards] == [
        (f"m-buffer-0{k}-0{k}-0{k}",) for k in range(3)
    ]
    for one in boards:
        one.close()


def test_a_board_may_be_closed_twice_and_opened_again_while_it_runs():
    with EmulatedBoard(board_kind("nano33"), fast=True) as running:
        for _ in range(2):
            board = Board.connect(running.port)
            assert board.name == "nano33"
            board.close()
            board.close()


def test_where_there_are_no_pseudo_terminals_a_socket_serves():
    with EmulatedBoard(board_kind("nano33"), fast=True, socket=True) as running:
        assert running.port.startswith("socket://127.0.0.1:")
        for _ in range(2):
            with Board.connect(running.port) as board:
                assert board.infer(np.zeros(64, np.int8)).outputs.shape == (10,)


def test_running_boards_are_listed_and_dead_ones_are_not(board: Board):
    assert [(port.port, port.board) for port in ports() if "emulated" in port.detail] == [
        (board.port, "nano33")
    ]
    port = board.port
    board.close()
    assert port not in [entry.port for entry in ports()]
    assert registry.running() == []


def test_no_board_outlives_an_owner_that_is_killed():
    script = (
        "from hardware_labs.board import Board\n"
        "import time\n"
        "board = Board.connect('emu:nano33?fast')\n"
        "print(board.link._board.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
    assert has_ended(pid)


def test_no_board_outlives_its_owner_though_a_fork_holds_the_pipe():
    script = (
        "from hardware_labs.board import Board\n"
        "import os, time\n"
        "board = Board.connect('emu:nano33?fast')\n"
        "print(board.link._board.pid, flush=True)\n"
        "child = os.fork()\n"
        "print(child, flush=True) if child else None\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pid, fork = int(owner.stdout.readline()), int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
        assert has_ended(pid)
        os.kill(fork, signal.SIGKILL)


def test_a_fork_gets_a_board_of_its_own_and_leaves_ours_alone():
    script = (
        "from hardware_labs.board import Board\n"
        "import os\n"
        "board = Board.connect('emu:nano33?fast')\n"
        "board.load(b'mine')\n"
        "port, child = board.port, os.fork()\n"
        "said = board.ask('db print')\n"
        "if not child:\n    print(said, board.port != port, flush=True)\n    os._exit(0)\n"
        "os.wait()\n"
        "print(said, board.ask('db print'), board.port == port)\n"
        "board.close()"
    )
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    child, owner = completed.stdout.splitlines()
    assert child == "('m-buffer',) True"
    assert owner == "('m-buffer-6d-69-6e-65',) ('m-buffer-6d-69-6e-65',) True"


def test_a_board_keeps_to_the_wall_clock_but_not_while_a_grader_runs(monkeypatch):
    with Board.connect("emu:nano33") as watched:
        assert not watched.link.fast
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with Board.connect("emu:nano33") as graded:
        assert graded.link.fast


def test_a_port_that_is_not_there_is_named():
    with pytest.raises(BoardMissing, match=r"no port /dev/ttyNONE.*Ports with a board: none"):
        Board.connect("/dev/ttyNONE")


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("emu:uno9", "no board kind 'uno9'. There is: nano33"),
        ("emu:nano33?slow", "there is 'fast'"),
    ],
)
def test_an_emulated_board_we_do_not_have_is_named(address: str, sentence: str):
    with pytest.raises(BoardMissing, match=sentence):
        Board.connect(address)


def test_only_an_emulated_board_of_our_own_can_be_unplugged_from_here():
    with (
        EmulatedBoard(board_kind("nano33"), fast=True) as running,
        Board.connect(running.port) as board,
        pytest.raises(BoardError, match="Pull the cable"),
    ):
        board.unplug()


def test_in_real_time_a_stream_takes_as_long_as_it_says():
    with Board.connect("emu:nano33") as board:
        start = time.monotonic()
        assert len(list(board.stream(50, 21))) == 21
        assert time.monotonic() - start >= 0.39


def test_a_board_that_was_killed_is_closed_without_a_word():
    with EmulatedBoard(board_kind("nano33"), fast=True) as running:
        os.kill(running.pid, signal.SIGKILL)
        assert has_ended(running.pid)
    assert not running.alive


def test_an_entry_that_goes_while_it_is_listed_is_a_board_that_is_gone(board: Board):
    """A link to nothing is listed by the folder, and is not there when it is looked at."""
    ended = registry.folder() / "1.json"
    ended.symlink_to(registry.folder() / "gone")
    assert [entry.port for entry in registry.running()] == [board.port]
    assert not ended.is_symlink()


def test_an_interrupt_while_a_board_is_connected_to_gives_the_port_back():
    def interrupt(command: str) -> list[str]:
        raise KeyboardInterrupt

    link = ScriptedLink(interrupt)
    with pytest.raises(KeyboardInterrupt):
        Board(link)
    assert link.closed


def test_a_board_that_is_reconnected_keeps_the_rate_of_its_address():
    with (
        EmulatedBoard(replace(board_kind("nano33"), baud=9600), fast=True) as running,
        Board.connect(f"{running.port}?baud=9600") as board,
    ):
        board.reconnect()
        assert (board.port, board.link.baud) == (running.port, 9600)
        assert board.ask("name") == ("m-name-dut-[nano33]",)


def test_while_one_thread_streams_another_is_told_so_and_spoils_nothing(board: Board):
    samples, enough = [], threading.Event()

    def read() -> None:
        for sample in board.stream(200):
            samples.append(sample.sequence)
            if enough.is_set():
                return

    reading = threading.Thread(target=read, name="panel: streaming")
    reading.start()
    while not samples:
        time.sleep(0.01)
    with pytest.raises(BoardBusy, match=r"in use by another thread \(panel: streaming\)"):
        board.ask("name")
    enough.set()
    reading.join()
    assert samples == list(range(len(samples)))
    assert board.ask("name") == ("m-name-dut-[nano33]",)


def test_a_stream_that_a_thread_keeps_holds_the_board_until_it_asks_something_else(board: Board):
    samples = board.stream(200)
    assert next(samples).sequence == 0
    with ThreadPoolExecutor(1) as other:
        with pytest.raises(BoardBusy, match=r"kept it, run board\.resync\(\)"):
            other.submit(board.ask, "name").result()
        board.resync()
        assert other.submit(board.ask, "name").result() == ("m-name-dut-[nano33]",)
    samples.close()
    assert board.ask("name") == ("m-name-dut-[nano33]",)


def test_threads_that_ask_at_the_same_time_each_get_their_own_answer(board: Board):
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(board.ask, ["name", "crc"] * 20))
    assert set(answers[0::2]) == {("m-name-dut-[nano33]",)}
    assert {line.startswith("m-crc-[") for (line,) in answers[1::2]} == {True}
