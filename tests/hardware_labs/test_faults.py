"""The real firmware behind a bad wire: answers are right, or there is an error in words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from firmware_link import ProgramLink, agent_link, firmware_link
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_mlp import outputs, requantize

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import (
    BoardError,
    BoardGarbled,
    BoardLost,
    BoardRefused,
    BoardSilent,
)
from hardware_labs.firmware.build import build
from hardware_labs.models.network import digits_model
from hardware_labs.protocol import requests
from hardware_labs.protocol.command_set import fields
from hardware_labs.protocol.dialogue import Dialogue
from hardware_labs.transports.conversation import run, stream
from hardware_labs.transports.faulty_link import FaultyLink
from hardware_labs.transports.faulty_port import FaultyPort
from hardware_labs.transports.link import Link, ScriptedLink, unknown
from hardware_labs.transports.serial_port import SerialLink

NANO33 = board_kind("nano33")
MODEL = digits_model()
RATES = (0.0, 0.0, 0.0005, 0.002, 0.005, 0.02)


@pytest.fixture(scope="module")
def firmware() -> Iterator[ProgramLink]:
    link = firmware_link(build(NANO33, MODEL).elf, NANO33)
    yield link
    link.close()


@pytest.fixture(scope="module")
def agent() -> Iterator[ProgramLink]:
    link = agent_link(MODEL)
    yield link
    link.close()


def right_digit(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    x = rng.integers(-128, 128, 64).astype(np.int8)
    result = run(
        requests.infer(dialogue, x.tobytes(), int(rng.integers(1, 4)), timeout_s=2.0), link
    )
    return np.rint(result.outputs / MODEL.output_scale).tolist() == outputs(MODEL, x)


def right_time(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    x = rng.integers(-128, 128, 64).astype(np.int8)
    return bool(150 < run(requests.infer(dialogue, x.tobytes()), link).latency_us < 400)


def right_name(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    return run(dialogue.ask("name"), link) in (("m-name-dut-[nano33]",), ("m-name-dut-[pi]",))


@cache
def clean_info() -> dict[str, str]:
    board_output, _ = converse(build(NANO33, MODEL).elf, NANO33, "info")
    return fields(tuple(board_output.split("\r\n")), "info")


def right_info(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    return run(requests.info(dialogue), link) == clean_info()


def right_sum(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    a, m, n = int(rng.integers(-9999, 9999)), int(rng.integers(2**30, 2**31)), int(rng.integers(9))
    answer = run(dialogue.ask(f"requant {a} {m} {n}"), link)
    return answer == (f"m-requant-[{requantize(a, m, n)}]",)


def right_buffer(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    data = rng.bytes(int(rng.integers(1, 65)))
    run(requests.load(dialogue, data), link)
    lines = tuple("m-buffer-" + data[k : k + 8].hex("-") for k in range(0, len(data), 8))
    return run(dialogue.ask("db print"), link) == lines


def right_signal(dialogue: Dialogue, link: Link, rng: np.random.Generator) -> bool:
    samples = list(stream(dialogue, link, 100, 12, 2.0))
    return [s.sequence for s in samples] == list(range(12)) and samples[3].values == (406,)


AGENT_JOBS = (right_digit, right_name, right_sum, right_buffer, right_signal)
JOBS = (*AGENT_JOBS, right_time, right_info)
Job = Callable[[Dialogue, Link, np.random.Generator], bool]


def exchanges(
    board: ProgramLink, seed: int, times: int, jobs: tuple[Job, ...] = JOBS
) -> dict[str, int]:
    """How often each thing happened in so many exchanges over a wire with faults from `seed`."""
    rng = np.random.default_rng(seed)
    rates = dict(zip(("drop", "garble", "duplicate", "split"), rng.choice(RATES, 4), strict=True))
    link = FaultyLink(board, rng, **rates)
    dialogue, happened = Dialogue("a bad wire", clock=board.clock), dict[str, int]()
    has_met = False
    for _ in range(times):
        job = jobs[int(rng.integers(len(jobs)))]
        try:
            if not has_met:
                run(dialogue.meet(), link)
                has_met = True
            outcome = "right" if job(dialogue, link, rng) else "WRONG"
        except (BoardSilent, BoardGarbled, BoardRefused) as error:
            outcome = type(error).__name__
        assert outcome != "WRONG", f"{job.__name__}, seed {seed}: {list(dialogue.log)[-30:]}"
        assert not has_met or dialogue.has_marks
        happened[outcome] = happened.get(outcome, 0) + 1
    return happened


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_fault_of_the_wire_makes_a_wrong_answer(firmware: ProgramLink, seed: int):
    exchanges(firmware, seed, 12)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_fault_of_the_wire_makes_a_wrong_answer_of_the_agent(agent: ProgramLink, seed: int):
    exchanges(agent, seed, 12, AGENT_JOBS)


def test_a_wire_without_faults_gives_every_answer(firmware: ProgramLink):
    dialogue, rng = Dialogue("a good wire", clock=firmware.clock), np.random.default_rng(1)
    link = FaultyLink(firmware, rng, split=0.2)
    run(dialogue.meet(), link)
    assert all(job(dialogue, link, rng) for job in JOBS)


@pytest.fixture
def emulated() -> Iterator[EmulatedBoard]:
    with EmulatedBoard(NANO33, fast=True) as running:
        yield running


def test_a_serial_device_with_faults_gives_right_answers_or_words(emulated: EmulatedBoard):
    rng = np.random.default_rng(20)
    wire = FaultyLink(
        SerialLink(emulated.port), rng, drop=2e-4, garble=1e-3, duplicate=2e-4, split=0.1
    )
    x = rng.integers(-128, 128, (25, 64)).astype(np.int8)
    answers = []
    with FaultyPort(wire) as port, Board.connect(port.name) as board:
        for image in x:
            try:
                outputs_now = board.infer(image, timeout_s=0.5).outputs
            except (BoardSilent, BoardGarbled):
                continue
            answers.append(np.rint(outputs_now / MODEL.output_scale).tolist())
            assert answers[-1] == outputs(MODEL, image)
    assert len(answers) > 5


def test_a_line_that_hangs_up_is_a_lost_board(emulated: EmulatedBoard):
    wire = FaultyLink(SerialLink(emulated.port), np.random.default_rng(1), hang_up_after=2000)
    with FaultyPort(wire) as port:
        board = Board.connect(port.name)
        with pytest.raises(BoardLost, match=r"went away.*board\.reconnect"):
            [board.ask("info") for _ in range(50)]
    again = Board.connect(emulated.port)
    assert again.name == "nano33"
    again.close()


def test_a_faulty_link_hangs_up_in_words(firmware: ProgramLink):
    script = ScriptedLink(unknown)
    link = FaultyLink(script, np.random.default_rng(1), hang_up_after=10)
    link.write(b"0123456789")
    with pytest.raises(BoardLost, match="cut after 10 bytes"):
        link.read(0.1)
    assert link.closed and script.closed


def test_another_baud_rate_than_the_boards_is_suspected_in_words(emulated: EmulatedBoard):
    with FaultyPort(SerialLink(emulated.port)) as port:
        with pytest.raises(BoardSilent, match=r"bytes that came, \d+ are no text.*baud rate"):
            Board.connect(f"{port.name}?baud=38400", timeout_s=2.0)
        with Board.connect(port.name) as board:
            assert (board.name, port.host_baud) == ("nano33", 115200)


def test_a_port_whose_host_does_not_read_is_closed_all_the_same():
    link = ScriptedLink(unknown, junk=b"x" * 500_000, packet=4096)
    port = FaultyPort(link)
    received_bytes = -1
    while link.received_bytes > received_bytes:  # until the terminal takes no more
        received_bytes = link.received_bytes
        time.sleep(0.2)
    assert received_bytes < 500_000
    closing = threading.Thread(target=port.close, daemon=True)
    closing.start()
    closing.join(10)
    assert not closing.is_alive() and link.closed


def test_a_host_that_reads_late_gets_every_byte():
    data = np.random.default_rng(2).bytes(30_000)
    link = ScriptedLink(unknown, packet=4096)
    with FaultyPort(link) as port:
        host, received_bytes, until = SerialLink(port.name), b"", time.monotonic() + 20
        link.queue_bytes(data)
        time.sleep(0.3)
        while len(received_bytes) < len(data) and time.monotonic() < until:
            received_bytes += host.read(0.1)
        host.close()
    assert received_bytes == data


def test_a_rate_that_a_terminal_has_not_is_said_and_nothing_stays_open():
    before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(BoardError, match=r"cannot be set to 12345 baud\. It can to: .*9600"):
        FaultyPort(ScriptedLink(unknown), baud=12345)
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_seed_gives_the_same_faults_and_a_chance_is_a_chance():
    def faulty_bytes(seed: int) -> bytes:
        script = ScriptedLink(unknown, junk=bytes(range(200)), packet=200)
        rates = {"drop": 0.1, "garble": 0.1, "duplicate": 0.1}
        return FaultyLink(script, np.random.default_rng(seed), **rates).read(0.1)

    assert faulty_bytes(1) == faulty_bytes(1) != faulty_bytes(2)
    assert 120 < len(faulty_bytes(3)) < 280
    with pytest.raises(ValueError, match="from 0 to 1"):
        FaultyLink(ScriptedLink(unknown), np.random.default_rng(0), drop=1.5)


@given(st.binary(max_size=300), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_splitting_loses_nothing_and_keeps_the_order(data: bytes, split: float, seed: int):
    script = ScriptedLink(unknown, junk=data, packet=50)
    link = FaultyLink(script, np.random.default_rng(seed), split=split)
    assert b"".join(link.read(0) for _ in range(len(data) + 10)) == data


def test_a_good_wire_gives_every_answer_of_the_agent(agent: ProgramLink):
    dialogue, rng = Dialogue("a good wire", clock=agent.clock), np.random.default_rng(1)
    link = FaultyLink(agent, rng, split=0.2)
    run(dialogue.meet(), link)
    assert dialogue.has_marks
    assert all(job(dialogue, link, rng) for job in AGENT_JOBS)
