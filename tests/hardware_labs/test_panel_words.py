"""What the panel says about what a student did: in the part whose button was pressed, whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.transports.link import ScriptedLink, unknown
from hardware_labs.widgets.actions import receive
from hardware_labs.widgets.panel import BoardPanel
from hardware_labs.widgets.plain import PLACED

TAKE = {"rate_hz": 100, "seconds": 0.2, "countdown_s": 0}


@pytest.fixture
def panel(board: Board, tmp_path: Path) -> Iterator[BoardPanel]:
    """The plain panel; what the page shows of the same parts is in `test_panel_parts`."""
    board_panel = BoardPanel(board, folder=tmp_path / "recordings", plain=True)
    yield board_panel
    board_panel.stop()
    board_panel.wait()


def press(panel: BoardPanel, kind: str, **fields: object) -> dict:
    """What the page sends when a button is pressed, and the parts when it is done."""
    receive(panel.session, {"kind": kind, **fields}, [])
    assert panel.wait()
    return panel.session.parts


@pytest.mark.parametrize(
    "kind, fields, place",
    [
        ("stream", {"rate_hz": 50}, "stream"),
        ("record", {"label": "idle", **TAKE}, "recorder"),
        ("drop_take", {}, "recorder"),
        ("source", {"name": "motion", "number": -1}, "recorder"),
        ("benchmark", {"n": 5, "warmup": 0}, "benchmark"),
        ("upload", {}, "upload"),
        ("memory", {}, "memory"),
        ("save_log", {"filter": 7, "samples": True}, "log"),
        ("connect", {"address": "COM99"}, "board"),
    ],
)
def test_what_goes_wrong_stands_in_the_part_whose_button_was_pressed(
    tmp_path: Path, kind: str, fields: dict, place: str
):
    panel = BoardPanel(folder=tmp_path, plain=True)
    trouble = press(panel, kind, **fields)["trouble"]
    assert trouble["words"] and trouble["place"] == place
    sentences = {name: panel.front._troubles[name].value for name in PLACED}
    assert [name for name, words in sentences.items() if words] == [place] * (place != "board")


def test_a_button_that_has_to_wait_says_so_in_its_own_part(panel: BoardPanel):
    panel.stream(500)
    receive(panel.session, {"kind": "record", "label": "idle", **TAKE}, [])
    trouble = panel.session.parts["trouble"]
    assert trouble["words"].startswith("The panel is busy (streaming).")
    assert trouble["place"] == "recorder"


def test_a_panel_says_that_a_cell_uses_its_board(panel: BoardPanel):
    stream = panel.board.stream(100)
    next(stream)
    trouble = press(panel, "memory")["trouble"]
    assert "is in use by another thread (MainThread)" in trouble["words"]
    assert "run board.resync() in a cell" in trouble["words"] and trouble["place"] == "memory"
    stream.close()
    assert press(panel, "memory")["trouble"]["words"] == ""


def test_the_recorder_says_that_a_test_signal_is_the_same_for_every_label(panel: BoardPanel):
    source = panel.session.parts["source"]
    assert source["sources"] == ["test", "motion", "mote", "speech"]
    assert source["words"].startswith("Source: test signal, the same for every label.")
    source = press(panel, "source", name="motion", number=-1)["source"]
    assert source["classes"] == ["standing", "running", "walking", "badminton"]
    assert "all" not in source["words"] and "(8000 rows" in source["words"]
    source = press(panel, "source", name="motion", number=1)["source"]
    assert "'motion', only 'running' (2000 rows" in source["words"]
    assert panel.board.info()["source_rows"] == "2000"
    assert press(panel, "record", label="running", **TAKE)["source"]["number"] == 1
    panel.board.ask("set class -1")  # by a cell
    source = press(panel, "record", label="running", **TAKE)["source"]
    assert (source["number"], "only" in source["words"]) == (-1, False)
    assert press(panel, "source", name="test", number=-1)["source"]["classes"] == []


def test_a_source_that_is_not_there_is_refused_in_words(panel: BoardPanel):
    assert (
        "set source nothing"
        in press(panel, "source", name="nothing", number=-1)["trouble"]["words"]
    )
    assert panel.session.parts["source"]["source"] == "test"


def test_two_labels_of_two_classes_are_two_recordings(panel: BoardPanel):
    for label, number in (("standing", 0), ("running", 1)):
        press(panel, "source", name="motion", number=number)
        assert press(panel, "record", label=label, **TAKE)["trouble"]["words"] == ""
    first, second = panel.session.takes
    assert [one.values for one in first.samples] != [one.values for one in second.samples]


def test_a_stream_that_is_too_fast_for_the_wire_counts_what_was_lost(panel: BoardPanel):
    panel.stream(2000, 600)
    assert panel.wait()
    stream = panel.session.parts["stream"]
    assert stream["came"] + stream["lost"] == 600
    assert stream["lost"] > 0 and f"lost: {stream['lost']} (" in stream["words"]
    assert stream["words"] in panel.front._told["stream"].value
    panel.stream(50, 10)
    assert panel.wait()
    assert panel.session.parts["stream"]["words"] == "10 came, lost: 0."


@pytest.mark.parametrize("label", ["hände hoch/../x", "=cmd()", "a,b", "", "a" * 80, None, 7])
def test_a_label_that_cannot_be_is_refused_in_a_sentence(panel: BoardPanel, label: object):
    for kind, fields in (("add_label", {}), ("record", TAKE)):
        parts = press(panel, kind, label=label, **fields)
        assert parts["trouble"]["words"].startswith("A label has 1 to 32 letters, digits")
        assert parts["trouble"]["place"] == "recorder"
        assert parts["labels"]["labels"] == ["idle", "wave"]
    assert panel.session.takes == []


def test_a_label_has_a_button_when_it_was_added_or_recorded(panel: BoardPanel):
    press(panel, "add_label", label="tap")
    press(panel, "add_label", label="tap")
    panel.record("clap", 100, 0.1)
    assert panel.wait()
    assert panel.session.parts["labels"]["labels"] == ["idle", "wave", "tap", "clap"]


@pytest.mark.parametrize(
    "kind, fields, words",
    [
        (
            "record",
            TAKE | {"label": "a", "seconds": -1},
            "seconds must be a number from 0.1 to 600",
        ),
        ("record", TAKE | {"label": "a", "seconds": None}, "seconds must be a number, and nothing"),
        ("stream", {"rate_hz": 0}, "rate_hz must be a whole number from 1 to 10000, and 0 came"),
        (
            "stream",
            {"rate_hz": 2.5},
            "rate_hz must be a whole number from 1 to 10000, and 2.5 came",
        ),
    ],
)
def test_a_number_out_of_range_is_a_sentence_and_no_take(
    panel: BoardPanel, kind: str, fields: dict, words: str
):
    parts = press(panel, kind, **fields)
    assert words in parts["trouble"]["words"]
    assert parts["trouble"]["words"].endswith("Nothing was done.")
    assert panel.session.takes == [] and not panel.session.ring


def test_the_plain_panel_sends_a_number_as_it_was_typed(panel: BoardPanel):
    fields = {one.description: one for one in leaves(panel.widget) if hasattr(one, "description")}
    fields["Seconds"].value = -1
    fields["Record"].click()
    assert panel.wait()
    assert (
        "seconds must be a number from 0.1 to 600, and -1.0 came"
        in (panel.session.parts["trouble"]["words"])
    )


def leaves(widget) -> list:
    children = getattr(widget, "children", ())
    return [leaf for child in children for leaf in leaves(child)] or [widget]


def test_an_unplug_drops_the_port_from_the_list_and_names_the_take_that_is_lost(tmp_path: Path):
    with EmulatedBoard(board_kind("nano33"), fast=True) as running:
        panel = BoardPanel(folder=tmp_path, plain=True)
        press(panel, "rescan")
        press(panel, "connect", address=running.port)
        assert running.port in [one["address"] for one in panel.session.parts["ports"]["choices"]]
        panel.record("wave", 100, 60)
        while not panel.session.ring:
            panel.session.worker.pause(0.01)
    assert panel.wait()
    parts = panel.session.parts
    assert running.port not in [one["address"] for one in parts["ports"]["choices"]]
    assert "The take 'wave' was not kept." in parts["trouble"]["words"]
    assert parts["trouble"]["words"].endswith(
        "If it is unplugged, plug it in. Press Rescan, choose its port and press Connect."
    )
    assert "reconnect" not in parts["trouble"]["words"]
    assert (parts["trouble"]["place"], parts["recorder"]["takes"]) == ("recorder", 0)


def test_a_board_that_does_not_tell_its_source_is_recorded_all_the_same(tmp_path: Path):
    samples = [f"m-s-{k},{k}" for k in range(10)]
    answers = {"name": ["m-name-dut-[stock]"], "stream 100 10": samples}
    answers["profile"] = ["m-profile-[ULPMark]", "m-model-[kws01]"]
    board = Board(ScriptedLink(lambda command: answers.get(command) or unknown(command)))
    panel = BoardPanel(board, folder=tmp_path, plain=True)
    panel.record("idle", 100, 0.1)
    assert panel.wait()
    assert panel.session.parts["recorder"]["counts"] == {"idle": 10}
    assert panel.session.parts["source"]["words"].startswith("Source: the board does not tell")
