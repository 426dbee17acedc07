"""A notebook with a panel in JupyterLab in headless Chromium, and what a student does there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chromium import chromium
from playwright.sync_api import Locator, Page
from real_jupyter import HEADERS, jupyter_server
from serial_bridge import Bridge, serial_bridge

FAKE = Path(__file__).parent / "fake_serial.js"
WAIT_MS = 120_000
MENU_LABELS = ".lm-MenuBar-itemLabel, .lm-Menu-itemLabel"
NEWS = "lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
PANEL = """\
from hardware_labs.widgets.panel import BoardPanel

panel = BoardPanel(folder="recordings")
panel.show()"""


@dataclass(frozen=True)
class Student:
    """The notebook in the browser, the cable between the two, and the folder it all lies in."""

    page: Page
    bridge: Bridge
    folder: Path

    def panel(self) -> Locator:
        return self.page.locator(".board-panel")

    def part(self, title: str) -> Locator:
        """The part of the panel with that heading."""
        return self.panel().get_by_role("region", name=title, exact=True)

    def click(self, title: str, words: str) -> None:
        """A click of the mouse where the button is: a page may tell it from a scripted one."""
        button = self.part(title).get_by_role("button", name=words, exact=True)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def wait_for(self, title: str, words: str) -> None:
        self.part(title).get_by_text(words).first.wait_for()

    def connect_by_browser(self) -> None:
        self.part("Board").get_by_label("Port").select_option("webserial")
        self.click("Board", "Connect")

    def theme(self, name: str) -> None:
        """'Light' or 'Dark', by the menus."""
        for words in ("Settings", "Theme", f"JupyterLab {name}"):
            self.page.locator(MENU_LABELS).get_by_text(words, exact=True).click()
        self.page.wait_for_timeout(1500)


@contextmanager
def student(
    folder: Path, code: str = PANEL, width: int = 1280, height: int = 1000
) -> Iterator[Student]:
    """A student whose notebook's only cell, `code`, has been run."""
    work = folder / "work"
    work.mkdir()
    cell = {"cell_type": "code", "id": "panel", "metadata": {}, "outputs": [],
            "execution_count": None, "source": code}  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4,
                "nbformat_minor": 5}  # fmt: skip
    (work / "panel.ipynb").write_text(json.dumps(notebook))
    settings = folder / "home" / "config" / NEWS
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false"}')
    with (
        serial_bridge() as bridge,
        jupyter_server(work, folder / "home") as server,
        chromium() as b,
    ):
        size = {"width": width, "height": height}
        context = b.new_context(viewport=size, extra_http_headers=HEADERS)
        page = context.new_page()
        page.add_init_script(FAKE.read_text().replace("BRIDGE_PORT", str(bridge.port)))
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{server.url}lab/tree/panel.ipynb")
        page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
        page.keyboard.press("Control+b")  # the side bar away: the notebook has the whole width
        page.locator(".jp-Cell .cm-content").first.click()
        page.keyboard.press("Control+Enter")
        page.locator(".board-panel").first.wait_for()
        yield Student(page, bridge, work)
