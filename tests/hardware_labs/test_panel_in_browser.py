"""The panel in JupyterLab in headless Chromium, over a serial port of the browser, bridged to a
real emulated board: mouse, keyboard, an unplug, a refused port, both themes, two widths."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from panel_page import Student, student

from hardware_labs.boards import board_kind
from hardware_labs.emulation.launch import EmulatedBoard
from hardware_labs.recording.dataset import load

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CONNECTED = "nano33 on webserial: connected"
CONTRAST = """element => {
    const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgb = colour => {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = colour => rgb(colour).map(v => v / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
    const paint = e => getComputedStyle(e).backgroundColor;
    const clear = colour => /rgba\\(.*, 0\\)|transparent/.test(colour);
    let behind = element;
    while (behind.parentElement && clear(paint(behind))) behind = behind.parentElement;
    const pair = [light(getComputedStyle(element).color), light(paint(behind))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""
AWAIT = """\
from hardware_labs.widgets.browser_port import BrowserPort

button = BrowserPort()
display(button.show())
link = await button.opened(60)
await link.write(b"!%name%")
said = b""
while said.count(b"m-ready") < 2:
    said += await link.read(5)
print("heard", said.split()[-2].decode())"""


@contextmanager
def plugged_in(seat: Student) -> Iterator[EmulatedBoard]:
    """An emulated board on the browser's side of the bridge; leaving unplugs it."""
    with EmulatedBoard(board_kind("nano33")) as board:
        seat.bridge.device = board.port
        yield board


def points(seat: Student) -> int:
    return int(seat.part("Stream").locator("canvas").get_attribute("data-points") or 0)


def drawn(seat: Student) -> int:
    return int(seat.part("Stream").locator("canvas").get_attribute("data-frames") or 0)


def test_a_board_at_the_browser_streams_records_and_survives_an_unplug(tmp_path: Path):
    with student(tmp_path) as seat:
        with plugged_in(seat):
            seat.connect_by_browser()
            seat.wait_for("Board", CONNECTED)
            seat.wait_for("Memory", "flash: ")
            recorder = seat.part("Record a data set")
            recorder.get_by_label("Countdown (s)").fill("1")
            recorder.get_by_label("Seconds").fill("1")
            for k, label in enumerate(("idle", "wave"), start=1):
                seat.click("Record a data set", f"Record {label}")
                seat.wait_for("Record a data set", f"{k} take")
            seat.wait_for("Record a data set", "Balanced: 2 labels, 50 to 50 samples each")
            seat.part("Benchmark").get_by_label("N", exact=True).fill("5")
            seat.click("Benchmark", "Run")
            seat.wait_for("Benchmark", "Confusion")
            seat.wait_for("Energy", "modelled")
            seat.click("Upload", "Upload")
            seat.wait_for("Upload", "as sent")
            seat.click("Stream", "Stream")
            frames = drawn(seat)
            seat.page.wait_for_timeout(2000)
            assert 0 < drawn(seat) - frames <= 2 * 20 + 2
            seat.page.wait_for_function(
                "() => Number(document.querySelector('.board-panel canvas').dataset.points) > 100"
            )
        seat.wait_for("Board", "unplugged")
        seat.wait_for("Board", "the port opens by itself")
        with plugged_in(seat):
            seat.page.evaluate("fakeSerial.plugIn()")
            seat.wait_for("Board", CONNECTED)
            before = points(seat)
            seat.click("Stream", "Stream")
            seat.page.wait_for_function(
                "before => Number(document.querySelector('.board-panel canvas').dataset.points)"
                " != before",
                arg=before,
            )
            seat.click("Board", "Stop streaming")
            seat.part("Board").get_by_text(re.compile("connected$")).first.wait_for()
            seat.click("Stream", "Stream")
            seat.wait_for("Board", ", streaming")
            seat.click("Board", "Disconnect")  # in the middle of a stream
            seat.wait_for("Board", "nano33: not connected")
        recorded = load(seat.folder / "recordings" / "dataset.json")
    assert recorded.manifest["board"]["name"] == "nano33"
    assert recorded.manifest["board"]["address"] == "webserial"
    assert recorded.manifest["counts"] == {"idle": 50, "wave": 50}


def test_the_keyboard_alone_connects_streams_and_stops(tmp_path: Path):
    with student(tmp_path) as seat:
        keys = seat.page.keyboard
        seat.part("Board").get_by_label("Port").focus()
        keys.type("emu")
        keys.press("Tab")
        keys.press("Tab")
        assert seat.page.evaluate("document.activeElement.textContent") == "Connect"
        keys.press("Enter")
        seat.wait_for("Memory", "flash: ")
        seat.part("Stream").get_by_label("Rate (Hz)").focus()
        keys.press("Tab")
        keys.press("Space")
        seat.wait_for("Board", ", streaming")
        keys.press("Tab")
        keys.press("Enter")
        seat.part("Board").get_by_role("button", name="Stop", exact=True).wait_for()
        seat.part("Record a data set").get_by_label("Another label").focus()
        keys.type("tap")
        keys.press("Enter")
        seat.part("Record a data set").get_by_role("button", name="Record tap").wait_for()
        outline = seat.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_what_the_browser_refuses_is_said_in_words(tmp_path: Path):
    with student(tmp_path) as seat:
        seat.page.evaluate("fakeSerial.answer = 'nobody'")
        seat.connect_by_browser()
        seat.wait_for("Board", "Nobody chose a port.")
        seat.page.evaluate("fakeSerial.answer = 'forever'")
        seat.click("Board", "Connect")
        seat.wait_for("Board", "The browser asks which port.")
        seat.page.evaluate("fakeSerial.answer = 'port'")
        seat.click("Board", "Connect")
        seat.wait_for("Board", "another program or tab holds it")
        seat.page.evaluate(
            "Object.defineProperty(document, 'permissionsPolicy',"
            " {value: {allowsFeature: () => false}})"
        )
        seat.click("Board", "Connect")
        seat.wait_for("Board", "frame that may not use serial ports")


def test_a_cell_that_awaits_hears_the_board_at_the_browser(tmp_path: Path):
    with student(tmp_path, AWAIT) as seat, plugged_in(seat):
        box = seat.panel().get_by_role("button", name="Choose a port").bounding_box()
        assert box is not None
        seat.page.mouse.click(box["x"] + 5, box["y"] + 5)
        seat.page.get_by_text("heard m-name-dut-[nano33]").wait_for()


def test_markup_from_a_board_is_text_and_the_panel_is_legible_everywhere(tmp_path: Path):
    shout = json.dumps("<img src=x onerror=window.broken=1>")
    code = f"""\
from hardware_labs.board import Board
from hardware_labs.transports.link import ScriptedLink, unknown
from hardware_labs.widgets.panel import BoardPanel

markup = {shout}
samples = [f"m-s-{{k}},{{k}},{{-k}}" for k in range(99)]
lines = {{"name": [f"m-name-dut-[{{markup}}]"], "stream 50 0": samples}}


def answer(command):  # a board without marks complains of a command with one
    return unknown(command) if "*" in command else lines.get(command, [markup, *unknown(command)])


board = Board(ScriptedLink(answer))
panel = BoardPanel(board)
panel.show()"""
    with student(tmp_path, code) as seat:
        seat.click("Stream", "Stream")
        seat.part("Stream").get_by_text("value 1").wait_for()
        seat.click("Memory", "Ask the board")
        seat.wait_for("Memory", "No bars")
        seat.click("Record a data set", "Drop the last take")
        alert = seat.part("Board").get_by_role("alert")
        alert.get_by_text("There is no take to drop").wait_for()
        assert seat.panel().locator("img").count() == 0
        assert "<img src=x" in seat.part("Log").locator("pre").inner_text()
        assert seat.page.evaluate("window.broken") is None
        for theme in ("Light", "Dark"):
            seat.theme(theme)
            for width in (1280, 390):
                seat.page.set_viewport_size({"width": width, "height": 1000})
                seat.page.wait_for_timeout(500)
                seat.panel().screenshot(path=tmp_path / f"{theme}-{width}.png")
                texts = [alert, *(seat.part(t).locator("h4, p, pre, button").first for t in TITLES)]
                assert min(part.evaluate(CONTRAST) for part in texts) > 4.5
                wide = seat.panel().evaluate("e => e.scrollWidth - e.clientWidth")
                assert wide <= 1, f"the panel is {wide} pixels too wide at {width}"
            seat.page.set_viewport_size({"width": 1280, "height": 1000})


TITLES = ("Board", "Stream", "Record a data set", "Benchmark", "Upload", "Memory", "Energy", "Log")
