"""The Raspberry Pi's agent: the same commands in Python, under the kernel's own memory limit."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_mlp import outputs, requantize

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.emulation.pi import inference, machine
from hardware_labs.emulation.pi.inference import Runner
from hardware_labs.emulation.pi.source import wave
from hardware_labs.emulation.pi.stored_model import load_model, store_model
from hardware_labs.emulation.sensor_data import recording
from hardware_labs.errors import BoardMissing, BoardRefused
from hardware_labs.models.network import digits_model, unseen_digits, widened

ON_LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux enforces RLIMIT_DATA"
)


@pytest.fixture(scope="module")
def pi(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLSYS_BOARDS", str(tmp_path_factory.mktemp("boards")))
        with Board.connect("emu:pi?fast") as board:
            yield board


def digits(n: int) -> np.ndarray:
    """int8 (n, 64): the first unseen digits."""
    images = unseen_digits()[0][:n].reshape(n, 64)
    return (np.rint(images / 16 * 255) - 128).astype(np.int8)


def test_off_a_raspberry_pi_it_says_so(pi: Board):
    info = pi.info()
    assert info["board"] == "pi"
    on_a_pi = bool(machine.pi_model())
    assert ("on no Raspberry Pi" in info["host"]) is not on_a_pi
    assert int(info["ram_bytes"]) == (
        machine.ram_bytes() if on_a_pi or not sys.platform.startswith("linux") else 512 * 2**20
    )


def test_every_digit_is_classified_bit_for_bit_as_on_the_other_boards(pi: Board):
    model = digits_model()
    int8_outputs = [np.rint(pi.infer(x).outputs / model.output_scale).tolist() for x in digits(60)]
    assert int8_outputs == [outputs(model, x) for x in digits(60)]


@pytest.mark.parametrize("threads, batch", [(1, 7), (2, 64), (3, 2), (4, 300)])
def test_threads_and_batches_change_no_bit(pi: Board, threads: int, batch: int):
    pi.ask(f"set threads {threads}")
    pi.ask(f"set batch {batch}")
    x, model = digits(3)[2], digits_model()
    result = pi.infer(x, n=batch + 3)
    assert np.rint(result.outputs / model.output_scale).tolist() == outputs(model, x)
    info = pi.info()
    assert (info["threads"], info["batch"]) == (str(threads), str(batch))
    pi.ask("set threads 1")
    pi.ask("set batch 1")


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 2**32), st.sampled_from([1, 3, 256]))
def test_however_the_work_is_cut_the_bits_are_those_of_the_specification(n, threads, seed, block):
    rng, model = np.random.default_rng(seed), digits_model()
    x = rng.integers(-128, 128, (n, 64)).astype(np.int8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inference, "BLOCK_ROWS", block)
        runner = Runner(model, threads=threads)
        int8_outputs = runner.run(x).outputs
        runner.close()
    assert int8_outputs.tolist() == [outputs(model, row) for row in x]


@given(st.integers(-(2**31), 2**31 - 1), st.integers(2**30, 2**31 - 1), st.integers(0, 12))
def test_requantising_in_numpy_is_the_specification(total, multiplier, shift):
    assert inference.requantize(np.array([total]), multiplier, shift)[0] == requantize(
        total, multiplier, shift
    )


def test_float32_is_near_int8_and_not_the_same(pi: Board):
    int8_values = np.array([pi.infer(x).outputs for x in digits(20)])
    pi.ask("set dtype float32")
    real = np.array([pi.infer(x).outputs for x in digits(20)])
    pi.ask("set dtype int8")
    assert 0 < np.abs(int8_values - real).max() < 0.5
    assert np.array_equal(int8_values.argmax(1), real.argmax(1))


def test_int8_holds_less_memory_than_float32(pi: Board):
    pi.ask("set batch 20000")
    peaks = []
    for dtype in ("int8", "float32"):
        pi.ask(f"set dtype {dtype}")
        peaks.append(int(pi.ask("mem", timeout_s=20)[2].split("=")[1][:-1]))
    pi.ask("set dtype int8")
    pi.ask("set batch 1")
    assert 3 * peaks[0] < peaks[1]


@ON_LINUX
def test_a_batch_beyond_the_limit_is_refused_in_a_sentence_and_the_board_lives_on():
    with Board.connect("emu:pi?ram=48M&fast") as board:
        assert board.info()["limit"] == "rlimit RLIMIT_DATA"
        assert int(board.info()["ram_bytes"]) == 48 * 2**20
        board.ask("set dtype float32")
        board.ask("set batch 300000")
        with pytest.raises(BoardRefused, match=r"Not enough memory: a batch of 300000 in float32"):
            board.infer(digits(1)[0], n=300_000)
        board.ask("set batch 100")
        assert board.infer(digits(1)[0], n=200).outputs.argmax() == unseen_digits()[1][0]


@ON_LINUX
def test_a_model_that_fits_in_int8_only_is_refused_in_float32():
    wide = widened(digits_model(), 200_000)  # 15 MB of weights in int8, 59 MB in float32
    with (
        EmulatedBoard(board_kind("pi"), model=wide, fast=True, ram_bytes=48 * 2**20) as running,
        Board.connect(running.port) as board,
    ):
        assert board.infer(digits(1)[0]).outputs.shape == (10,)
        with pytest.raises(BoardRefused, match="Not enough memory"):
            board.ask("set dtype float32", timeout_s=20)
        assert board.info()["dtype"] == "int8"


def test_its_test_signal_is_that_of_the_firmware(pi: Board, board: Board):
    assert list(pi.stream(500, 60)) == list(board.stream(500, 60))
    assert list(islice(wave(period=1, amplitude=0, noise=0), 3)) == [0, 0, 0]


def test_it_plays_the_same_recordings(pi: Board):
    pi.ask("set source motion")
    pi.ask("set class 2")
    played = recording("motion")
    rows = played.values[played.labels == 2][:25]
    assert [sample.values for sample in pi.stream(1000, 25)] == [tuple(row) for row in rows]
    pi.ask("set source test")


def test_loading_in_hex_and_in_frames_leaves_the_same_bytes(pi: Board):
    data = bytes(range(64))
    pi.load(data)
    by_frames = pi.ask("crc") + pi.ask("db print")
    for command in ("db load 64", f"db {data[:32].hex()}", f"db {data[32:].hex()}"):
        pi.ask(command)
    assert pi.ask("crc") + pi.ask("db print") == by_frames


@pytest.mark.parametrize(
    "command, complaint",
    [
        ("fly high", "Unknown command: fly"),
        ("db load 65", "The buffer holds 1 to 64 bytes"),
        ("db 0g", "Not hexadecimal: 0g"),
        ("stream 0 5", "stream HZ N takes"),
        ("set threads 0", "set takes threads 1..64"),
        ("set dtype int4", "not dtype int4"),
        ("set", "set takes threads"),
    ],
)
def test_it_complains_in_the_standard_form(pi: Board, command: str, complaint: str):
    with pytest.raises(BoardRefused, match=complaint):
        pi.ask(command)
    assert pi.name == "pi" and pi.ping() > 0


def test_it_is_found_again_in_the_middle_of_a_frame(pi: Board):
    pi.link.write(b"bload 64%\x40half")
    pi.resync()
    assert pi.ask("name") == ("m-name-dut-[pi]",)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200))
def test_whatever_bytes_come_it_is_found_again(pi: Board, junk: bytes):
    pi.link.write(junk)
    pi.resync()
    assert pi.ask("name") == ("m-name-dut-[pi]",)


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("emu:pi?ram=lots", "'ram=lots' is no amount of memory: write ram=64M"),
        ("emu:pi?cores=2", "has the option 'cores'; there is 'fast' and 'ram=64M'"),
        ("emu:nano33?ram=64K", "has the option 'ram'; there is 'fast' and 'baud=921600'"),
        ("emu:uno?ram=64K", "has the option 'ram'; there is 'fast'"),
        ("emu:m4?fast=no", "has the option 'fast'; there is"),
        ("emu:m4?baud=300", "'baud=300' is not there; there is 9600, 115200, 921600"),
    ],
)
def test_an_option_that_is_not_there_is_named(address: str, sentence: str):
    with pytest.raises(BoardMissing, match=sentence):
        Board.connect(address)


def test_a_stored_model_is_the_model(tmp_path: Path):
    model = digits_model()
    path = store_model(model, tmp_path)
    again = load_model(path)
    assert store_model(again, tmp_path) == path
    assert (again.name, again.output_scale) == (model.name, model.output_scale)
    x = digits(1)[0]
    assert outputs(again, x) == outputs(model, x)
