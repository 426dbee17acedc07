"""Measuring a board."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from marked_link import MarkedLink, lab

from hardware_labs.bench import measure, table
from hardware_labs.board import Board
from hardware_labs.cli import main
from hardware_labs.errors import BoardRefused


def test_the_wire_limits_a_board_that_is_held_to_the_clock():
    with Board.connect("emu:nano33") as board:
        measured = measure(board, 5)
    assert measured["binary_limit_bytes_s"] == 11520
    assert 0.1 < measured["binary_bytes_s"] / 11520 < 1
    assert 0.1 < measured["hex_bytes_s"] / 5760 < 1
    assert measured["binary_bytes_s"] > measured["hex_bytes_s"]
    assert measured["ping_ms"] > 1e3 * 10 * (14 + 40) / 115200 * 0.9
    assert measured["latency_us"] == pytest.approx(245, rel=0.1)
    assert "% of the wire's 11520" in table(measured)


def test_the_command_prints_json_for_programs_and_a_table_for_people():
    result = CliRunner().invoke(main, ["bench", "emu:nano33?fast", "-n", "3", "--json"])
    assert json.loads(result.output)["input_bytes"] == 64
    result = CliRunner().invoke(main, ["bench", "emu:nano33?fast", "-n", "3"])
    assert "round trip" in result.output and "on board" in result.output
    assert CliRunner().invoke(main, ["bench", "/dev/ttyNONE"]).exit_code == 1


def test_a_board_that_does_not_tell_what_its_model_takes_is_not_measured():
    with pytest.raises(BoardRefused, match="does not tell how many bytes its model takes"):
        measure(Board(MarkedLink(lab)), 3)
