"""Inputs of every type a model takes, with all five models of MLPerf Tiny."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from marked_link import lab
from test_mlperf_tiny import typical

from hardware_labs.async_board import AsyncBoard
from hardware_labs.board import Board
from hardware_labs.cli import main
from hardware_labs.errors import BoardMissing, BoardRefused, BuildError
from hardware_labs.models.interpreter import run
from hardware_labs.models.mlperf_tiny import BUILDERS, mlperf_tiny
from hardware_labs.protocol.stated_model import PUBLISHED, StatedModel, stated_model
from hardware_labs.transports.link import ScriptedLink
from hardware_labs.widgets.panel import BoardPanel


@pytest.mark.parametrize("model_id", BUILDERS)
def test_a_board_says_what_its_model_takes_and_computes_it_bit_for_bit(model_id: str):
    network, x = mlperf_tiny(model_id), typical(model_id)
    with Board.connect(f"emu:nano33?fast&model={model_id}") as board:
        model = board.model()
        assert (model.name, model.input_type) == (model_id, network.input_type)
        assert (model.input_bytes, model.macs) == (network.input_bytes, network.macs)
        outputs = board.infer(x, timeout_s=120).outputs
        assert board.ask("output")[0] == f"m-output-[{','.join(map(str, run(network, x)))}]"
    real_outputs = network.real(run(network, x))
    squared_error = (
        np.mean((x.astype(float) - real_outputs) ** 2) if network.input_type == "float32" else 0
    )
    expected = [squared_error] if network.answer == "squared_error" else real_outputs
    assert outputs == pytest.approx(expected, rel=0.02, abs=0.000501)


def test_what_is_published_of_the_five_models_is_what_ours_take():
    for model_id, model in PUBLISHED.items():
        network = mlperf_tiny(model_id)
        assert (model.input_type, model.input_bytes) == (network.input_type, network.input_bytes)
    assert list(PUBLISHED) == list(BUILDERS)


@pytest.mark.parametrize(
    "x, error, sentence",
    [
        (np.zeros(640), ValueError, r"model ad01 takes float32 and x is float64: .*astype\(np\.f"),
        (np.zeros(640, np.int8), ValueError, "takes float32 and x is int8"),
        (np.zeros(641, np.float32), BoardRefused, r"takes 640 numbers .* x has 641 .* Nothing was"),
        (np.zeros((2, 640), np.float32), BoardRefused, r"x has 1280 \(its shape is \(2, 640\)\)"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_sent(x, error, sentence: str):
    with Board.connect("emu:nano33?fast&model=ad01") as board:
        board.model()
        bytes_before = board.link.sent_bytes
        with pytest.raises(error, match=sentence):
            board.infer(x)
        assert board.link.sent_bytes == bytes_before
        assert board.infer(np.zeros(640, ">f4")).outputs.shape == (1,)


def test_an_asynchronous_board_takes_them_too():
    async def main() -> tuple[StatedModel, list[float]]:
        async with await AsyncBoard.connect("emu:nano33?fast&model=ad01") as board:
            with pytest.raises(ValueError, match="takes float32 and x is int8"):
                await board.infer(np.zeros(640, np.int8))
            return await board.model(), (await board.infer(typical("ad01"))).outputs.tolist()

    model, outputs = asyncio.run(main())
    with Board.connect("emu:nano33?fast&model=ad01") as board:
        assert (model, outputs) == (board.model(), board.infer(typical("ad01")).outputs.tolist())


def test_a_stock_board_is_known_by_the_name_of_its_model():
    commands: list[str] = []

    def answer(command: str) -> list[str]:
        commands.append(command)
        if command == "profile":
            return ["m-profile-[ULPMark for tinyML]", "m-model-[vww01]"]
        return lab(command)

    board = Board(ScriptedLink(answer))
    assert board.model() == StatedModel("vww01", "uint8", 27_648)
    with pytest.raises(ValueError, match="vww01 takes uint8 and x is int8"):
        board.infer(np.zeros(27_648, np.int8))
    assert not [command for command in commands if command.startswith(("db", "bload"))]


def test_a_board_that_says_nothing_is_sent_int8_of_any_size():
    board = Board(ScriptedLink(lab))
    assert board.model() == StatedModel()
    with pytest.raises(ValueError, match="The board's model takes int8 and x is float32: quantise"):
        board.infer(np.zeros(3, np.float32))


@given(st.sampled_from(["int8", "uint8", "float32"]), st.integers(1, 50), st.integers(0, 2**32))
def test_random_inputs_are_of_the_type_and_the_size_that_the_model_takes(kind, count, seed):
    model = stated_model(
        {"input": kind, "input_bytes": str(count * (4 if kind == "float32" else 1))}
    )
    inputs = model.random_inputs(3, np.random.default_rng(seed))
    assert inputs.shape == (3, count)
    assert len(model.bytes_of(inputs[0])) == model.input_bytes


@given(st.dictionaries(st.sampled_from(["model", "input", "input_bytes", "macs"]), st.text()))
def test_whatever_a_board_says_of_its_model_is_a_model(facts: dict[str, str]):
    model = stated_model(facts)
    assert model.input_type in ("int8", "uint8", "float32")
    assert min(model.input_bytes, model.macs) >= 0


def test_bench_measures_a_board_with_a_model_of_numbers_of_32_bits():
    result = CliRunner().invoke(main, ["bench", "emu:nano33?fast&model=ad01", "-n", "3", "--json"])
    measurement = json.loads(result.output)
    assert (measurement["model"], measurement["input_bytes"]) == ("ad01", 2_560)
    assert measurement["latency_us"] > 1_580_679 / 64  # an instruction a cycle, at 64 MHz


def test_the_panel_measures_a_model_without_right_answers(tmp_path: Path):
    panel = BoardPanel(folder=tmp_path)
    panel.connect("emu:nano33?fast&model=ad01")
    assert panel.wait()
    panel.benchmark(n=3, warmup=0)
    assert panel.wait()
    benchmark = panel.session.parts["benchmark"]
    assert (benchmark["n"], benchmark["accuracy"], benchmark["confusion"]) == (3, None, None)
    assert panel.session.parts["trouble"]["words"] == ""
    panel.board.close()


def test_a_model_that_is_not_there_is_named():
    with pytest.raises(BuildError, match=r"no model 'kws02'\. There is: digits, kws01, vww01"):
        Board.connect("emu:nano33?model=kws02")
    with pytest.raises(BoardMissing, match="has the option 'model'; there is 'fast'"):
        Board.connect("emu:uno?model=kws01")
