"""The panel without a browser: a real emulated board, and what is shown about it."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from browser_double import PageDouble
from garbled_line import garbled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marked_link import MarkedLink, lab

from hardware_labs.board import Board
from hardware_labs.boards import board_kind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.errors import BoardBusy, BoardError, BoardMissing
from hardware_labs.install import boards_line
from hardware_labs.measuring.energy import Meter
from hardware_labs.recording.dataset import load
from hardware_labs.transports.link import ScriptedLink, unknown
from hardware_labs.widgets import jobs
from hardware_labs.widgets.actions import receive
from hardware_labs.widgets.foreign import REQUESTS, request
from hardware_labs.widgets.log_text import filtered, save_log
from hardware_labs.widgets.panel import BoardPanel, PageFront
from hardware_labs.widgets.session import Session
from hardware_labs.widgets.trouble import diagnose, diagnosis, is_junk
from hardware_labs.widgets.worker import Job

MARKUP = "<img src=x onerror=alert(1)>"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@pytest.fixture(params=[False, True], ids=["page", "plain"])
def panel(request, tmp_path: Path) -> Iterator[BoardPanel]:
    """A panel on a fast emulated board, once in the page and once in core ipywidgets."""
    board_panel = BoardPanel(folder=tmp_path / "recordings", plain=request.param)
    board_panel.connect("emu:nano33?fast")
    assert board_panel.wait()
    assert board_panel.session.parts["trouble"]["words"] == ""
    yield board_panel
    board_panel.stop()
    board_panel.wait()
    board_panel.board.close()


def parts_at_end(panel: BoardPanel) -> dict:
    """The parts as they are when what was begun has ended."""
    assert panel.wait()
    return panel.session.parts


def press(panel: BoardPanel, kind: str, **fields: object) -> dict:
    """What the page sends when a button is pressed, and the parts when it is done."""
    receive(panel.session, {"kind": kind, **fields}, [])
    return parts_at_end(panel)


def test_everything_the_panel_does_is_a_button_and_ends_in_a_part(panel: BoardPanel):
    parts = panel.session.parts
    assert parts["lamp"] == {"state": "open", "words": f"nano33 on {panel.board.port}: connected"}
    assert [bar["name"] for bar in parts["memory"]["bars"]] == ["flash", "RAM", "stack"]
    take = {"rate_hz": 100, "seconds": 0.2, "countdown_s": 0}
    press(panel, "record", label="idle", **take)
    recorder = press(panel, "record", label="wave", **take)["recorder"]
    assert recorder["counts"] == {"idle": 20, "wave": 20}
    assert recorder["balance"].startswith("Balanced")
    assert [take.label for take in load(Path(recorder["path"])).takes] == ["idle", "wave"]
    bench = press(panel, "benchmark", n=10, warmup=1)["benchmark"]
    assert (bench["n"], bench["accuracy"]) == (10, 1.0)
    assert parts["energy"]["kind"] == "modelled"
    assert "Product Specification" in parts["energy"]["source"]
    assert "64 of 64 bytes" in press(panel, "upload")["upload"]["words"]
    assert parts["upload"]["words"].endswith("as sent")
    assert "no reset line" in press(panel, "reset")["trouble"]["words"]
    assert press(panel, "drop_take")["recorder"]["counts"] == {"idle": 20}
    assert press(panel, "disconnect")["lamp"]["state"] == "closed"


def test_a_stream_fills_the_ring_and_stops(panel: BoardPanel):
    panel.stream(500)
    assert panel.session.worker.busy == "streaming"
    with pytest.raises(BoardBusy, match="busy"):
        panel.memory()
    while len(panel.session.ring) < 500:
        panel.session.worker.pause(0.01)
    panel.stop()
    assert parts_at_end(panel)["lamp"]["state"] == "open"
    assert len(panel.session.ring) == 500
    steps = {b[0] - a[0] for a, b in pairwise(panel.session.ring)}
    assert steps == {1.0}
    assert panel.board.ask("name") == ("m-name-dut-[nano33]",)


@pytest.mark.parametrize("kind, state", [("disconnect", "closed"), ("reset", "open")])
def test_a_button_that_stops_what_goes_on_and_then_does_its_own(
    panel: BoardPanel, kind: str, state: str
):
    panel.stream(500)
    while len(panel.session.ring) < 20:
        panel.session.worker.pause(0.01)
    receive(panel.session, {"kind": kind}, [])
    parts = parts_at_end(panel)
    assert parts["lamp"]["state"] == state
    assert "busy" not in parts["trouble"]["words"]
    assert parts["job"] == {"name": ""}
    lines_before = len(panel.session.log)
    panel.session.worker.pause(0.1)
    assert len(panel.session.log) == lines_before  # the board streams no longer
    panel.connect("emu:nano33?fast")
    assert parts_at_end(panel)["lamp"]["state"] == "open"


def test_of_several_presses_while_a_stream_goes_on_the_last_is_done(panel: BoardPanel):
    panel.stream(500)
    for kind in ("reset", "disconnect", "reset", "disconnect"):
        receive(panel.session, {"kind": kind}, [])
    assert parts_at_end(panel)["lamp"]["state"] == "closed"
    assert panel.session.worker.busy == ""


def test_a_take_that_a_disconnect_cuts_short_is_not_kept(panel: BoardPanel):
    panel.record("wave", 100, 60)
    while not panel.session.ring:
        panel.session.worker.pause(0.01)
    panel.disconnect()
    parts = parts_at_end(panel)
    assert (parts["lamp"]["state"], parts["recorder"]["takes"]) == ("closed", 0)


def test_a_new_panel_leaves_what_an_older_one_recorded(board: Board, tmp_path: Path):
    for name in ("dataset", "dataset-2"):
        panel = BoardPanel(board, folder=tmp_path)
        panel.record("wave", 100, 0.1)
        assert parts_at_end(panel)["recorder"]["path"] == str(tmp_path / f"{name}.json")
        panel.record("idle", 100, 0.1)
        assert parts_at_end(panel)["recorder"]["takes"] == 2
    assert [len(load(path).takes) for path in sorted(tmp_path.glob("*.json"))] == [2, 2]


def test_a_take_that_cannot_be_kept_is_refused_before_it_is_recorded(panel: BoardPanel):
    panel.record("wave", 100, 0.1)
    assert parts_at_end(panel)["recorder"]["counts"] == {"wave": 10}
    lines_before = len(panel.board.log)
    for label, rate_hz, words in (
        ("wave", 50, "The takes so far were recorded at 100 Hz"),
        ("a b", 100, "A label has 1 to 32 letters"),
        ("wave", 0, "A rate is 1 to 10000 Hz"),
    ):
        panel.record(label, rate_hz, 60)
        assert words in parts_at_end(panel)["trouble"]["words"]
    assert len(panel.board.log) == lines_before
    assert parts_at_end(panel)["recorder"]["counts"] == {"wave": 10}


def test_a_take_of_another_width_ends_with_its_first_sample(panel: BoardPanel):
    panel.record("wave", 100, 0.1)
    assert parts_at_end(panel)["recorder"]["counts"] == {"wave": 10}
    panel.board.ask("set source motion")
    panel.record("walking", 100, 60)
    parts = parts_at_end(panel)
    assert "have 1 channels, and the board now sends 6" in parts["trouble"]["words"]
    assert parts["recorder"]["counts"] == {"wave": 10}


def test_a_cell_that_asks_while_the_panel_streams_is_told_so(panel: BoardPanel):
    panel.stream(500)
    while len(panel.session.ring) < 20:
        panel.session.worker.pause(0.01)
    with pytest.raises(BoardBusy, match=r"another thread \(panel: streaming\).*press Stop"):
        panel.board.ask("name")
    newest = panel.session.ring[-1]
    until = time.monotonic() + 20
    while panel.session.ring[-1] == newest and time.monotonic() < until:
        panel.session.worker.pause(0.01)
    assert panel.session.worker.busy == "streaming"
    panel.stop()
    assert parts_at_end(panel)["trouble"]["words"] == ""
    assert panel.board.ask("name") == ("m-name-dut-[nano33]",)


def test_a_job_that_begins_while_the_one_before_settles_keeps_its_name(tmp_path: Path):
    session = Session(None, tmp_path, None, jobs.meet_serial)

    def settle_late() -> None:
        session.start("streaming", lambda: session.worker.pause(20))
        while session.parts["job"]["name"] != "streaming":
            time.sleep(0.001)
        session._settle()

    session.worker.start(Job("before", lambda: None, settle_late))
    session.worker.wait(0.2)
    while "job" not in session.parts or session.worker.busy != "streaming":
        time.sleep(0.001)
    time.sleep(0.1)
    assert session.parts["job"]["name"] == "streaming"
    session.worker.stop()
    assert session.worker.wait(10)


def test_a_line_that_two_threads_look_for_comes_once(tmp_path: Path):
    board = Board(MarkedLink(lab))
    session = Session(board, tmp_path, None, jobs.meet_serial)
    lookers = [threading.Thread(target=session.flush) for _ in range(2)]
    with session._lock:  # so that both have looked, or wait to look, when the first may go on
        for looker in lookers:
            looker.start()
        time.sleep(0.3)
    for looker in lookers:
        looker.join()
    assert list(session.log) == [str(entry) for entry in board.log]


def test_the_browsers_port_is_not_reopened_by_its_name(tmp_path: Path):
    panel = BoardPanel(folder=tmp_path)
    with EmulatedBoard(board_kind("nano33"), fast=True) as board:
        page = PageDouble(board.port)
        panel.session.serial = page.port
        page.open(baud=115200)
        jobs.meet_serial(panel.session)
        assert panel.board.name == "nano33"
        with pytest.raises(BoardMissing, match="choose 'a port of this browser' and press Connect"):
            panel.board.reconnect()


def test_a_board_that_answers_is_not_called_another_firmware():
    with EmulatedBoard(replace(board_kind("nano33"), baud=9600), fast=True) as board:
        for address, baud in ((board.port, 115200), (f"{board.port}?baud=9600", 9600)):
            assert diagnose(address).startswith(f"The board talks our protocol at {baud}.")
    assert diagnose(board.port) == diagnose("emu:nano33") == diagnose("COM3?speed=3") == ""


def test_the_log_goes_on_over_an_unplug_and_a_new_connection(panel: BoardPanel):
    met = sum("m-name-dut-[nano33]" in line for line in panel.session.log)
    panel.board.unplug()
    panel.stream(10, 5)
    parts = parts_at_end(panel)
    assert parts["lamp"] == {"state": "lost", "words": "the board went away"}
    words = parts["trouble"]["words"]
    assert words.endswith("Choose emu:nano33 and press Connect: another one is started.")
    assert "Plug it in" not in words and "reconnect" not in words
    panel.connect("emu:nano33?fast")
    parts = parts_at_end(panel)
    assert (parts["lamp"]["state"], parts["trouble"]["words"]) == ("open", "")
    assert sum("m-name-dut-[nano33]" in line for line in panel.session.log) == 2 * met > 0


def test_a_port_that_somebody_holds_is_named_with_its_holder(tmp_path: Path):
    with Board.connect("emu:nano33?fast") as holder:
        panel = BoardPanel(folder=tmp_path)
        panel.connect(holder.port)
        parts = parts_at_end(panel)
    assert f"{holder.port} is already open" in parts["trouble"]["words"]
    assert parts["lamp"]["state"] == "none"


def test_junk_on_the_line_is_called_junk(tmp_path: Path):
    panel = BoardPanel(folder=tmp_path)
    with EmulatedBoard(board_kind("nano33"), fast=True) as board, garbled(board.port) as device:
        panel.connect(device)
        words = parts_at_end(panel)["trouble"]["words"]
    assert "There is junk on the line: of " in words
    assert words.count("junk") == 1


@pytest.mark.slow  # the same as on the line, above
def test_junk_through_the_browser_is_called_junk_with_its_baud(tmp_path: Path):
    panel = BoardPanel(folder=tmp_path)
    with EmulatedBoard(board_kind("nano33"), fast=True) as board, garbled(board.port) as device:
        page = PageDouble(device)
        panel.session.serial = page.port
        page.open(baud=9600)
        with pytest.raises(BoardError, match=r"junk on the line.*opened the port at 9600\."):
            jobs.meet_serial(panel.session)


@given(st.binary(max_size=80))
def test_text_is_never_junk_and_a_diagnosis_never_fails(data: bytes):
    assert not is_junk(bytes(32 + byte % 95 for byte in data))
    assert bool(diagnosis(data, 9600)) == bool(data)


def test_the_page_may_open_what_the_picker_offers_and_nothing_else(tmp_path: Path):
    panel = BoardPanel(folder=tmp_path)
    for address in ("/etc/passwd", "socket://example.org:80", "emu:nano33?fast", ""):
        words = press(panel, "connect", address=address)["trouble"]["words"]
        assert words == f"'{address}' is not in the list of ports. Press Rescan."
    assert panel.board is None


@settings(max_examples=300)
@given(JSON | st.fixed_dictionaries({"kind": st.sampled_from([*REQUESTS, "serial"])}) | st.builds(
    lambda kind, values: {"kind": kind, **dict.fromkeys(REQUESTS[kind], values)},
    st.sampled_from(list(REQUESTS)), JSON,
))  # fmt: skip
def test_a_foreign_message_is_a_request_that_holds_or_a_sentence(content):
    try:
        valid_request = request(content)
    except BoardError as error:
        assert str(error).endswith((".", "came."))
    else:
        assert set(valid_request.fields) == set(REQUESTS[valid_request.kind])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(JSON)
def test_no_message_of_a_page_breaks_a_session(tmp_path: Path, content):
    session = Session(None, tmp_path, None, jobs.meet_serial)
    receive(session, content, [])
    assert session.worker.wait(10)
    assert session.parts["lamp"]["state"] == "none"


def test_a_browsers_port_that_is_not_open_is_said_in_words(tmp_path: Path):
    panel = BoardPanel(folder=tmp_path)
    words = press(panel, "connect", address="webserial")["trouble"]["words"]
    assert words.startswith("No port is open. Press")


def test_more_bytes_than_any_board_has_are_refused():
    with pytest.raises(BoardError, match="at most 1048576 are taken"):
        request({"kind": "upload"}, bytes(1 << 21))


def marked_up_board() -> Board:
    """A board that prints markup wherever it can."""

    def answer(command: str) -> list[str]:
        facts = {"name": [f"m-name-dut-[{MARKUP}]"], "info": [f"m-info-[board={MARKUP}]"]}
        is_marked = "*" in command  # a board without marks knows none of these
        return unknown(command) if is_marked else facts.get(command, [MARKUP, *unknown(command)])

    return Board(ScriptedLink(answer))


def test_markup_that_a_board_prints_is_text_in_the_plain_panel(tmp_path: Path):
    panel = BoardPanel(marked_up_board(), folder=tmp_path, plain=True)
    panel.memory()
    parts_at_end(panel)
    values = [widget.value for widget in leaves(panel.widget) if hasattr(widget, "value")]
    html = "\n".join(value for value in values if isinstance(value, str))
    assert MARKUP in unescape(html)
    assert "<img" not in html


def leaves(widget) -> list:
    children = getattr(widget, "children", ())
    return [leaf for child in children for leaf in leaves(child)] or [widget]


def test_a_meter_makes_the_energy_measured(tmp_path: Path, board: Board):
    class Counter:
        """A meter that sees a joule for every inference that the board was asked for."""

        name = "meter"

        def start(self) -> None:
            self.before = inferences()

        def stop(self) -> float:
            return float(inferences() - self.before)

    def inferences() -> int:
        infer_commands = [line.text.split() for line in board.log if line.text.startswith("infer ")]
        return sum(int(n) + int(warmup) for _, n, warmup, _ in infer_commands)

    meter: Meter = Counter()
    panel = BoardPanel(board, folder=tmp_path, meter=meter)
    panel.benchmark(n=10, warmup=7)
    parts = parts_at_end(panel)
    assert parts["energy"]["kind"] == "measured"
    assert parts["energy"]["words"] == "1e+06 µJ an inference"
    assert parts["benchmark"]["warmup"] == 7


def test_a_benchmark_on_an_unknown_model_says_how_to_bring_inputs(tmp_path: Path):
    panel = BoardPanel(marked_up_board(), folder=tmp_path)
    panel.benchmark()
    assert (
        "Give it your own: hardware_labs.measuring.benchmark"
        in parts_at_end(panel)["trouble"]["words"]
    )


def test_without_anywidget_there_is_a_plain_panel_and_the_line_to_type(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "hardware_labs.widgets.page", raising=False)
    panel = BoardPanel(folder=tmp_path)
    assert not isinstance(panel.front, PageFront)
    assert f"Run: {boards_line()}" in panel.text()


def test_a_panel_is_a_widget_for_a_page_and_text_for_anything_else(panel: BoardPanel):
    bundle = panel.show()._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.widget.model_id
    assert data["text/plain"] == repr(panel) == panel.text()
    assert "[open] nano33 on" in data["text/plain"]
    assert "flash: " in data["text/plain"]


def test_what_the_page_is_sent_is_plain_json(panel: BoardPanel):
    press(panel, "benchmark", n=3, warmup=0)
    assert json.loads(json.dumps(panel.session.parts)) == panel.session.parts


def test_the_log_is_filtered_and_saved_under_a_free_name(panel: BoardPanel, tmp_path: Path):
    panel.stream(500, 5)
    parts_at_end(panel)
    words = press(panel, "save_log", filter="M-READY", samples=True)["saved"]["words"]
    path = panel.session.folder / "log-1.txt"
    assert path.read_text().splitlines() == filtered(panel.session.log, "m-ready")
    assert words.endswith(str(path))
    assert save_log(panel.session.folder, []).name == "log-2.txt"
    without = filtered(panel.session.log, samples=False)
    assert 0 < len(without) == len(panel.session.log) - 5
