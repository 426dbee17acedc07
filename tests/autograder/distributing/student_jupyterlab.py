"""A student's JupyterLab in Chromium: the published folder, the environment that its README makes,
and what a student does there with mouse and keyboard."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chromium import chromium
from playwright.sync_api import Locator, Page
from real_jupyter import HEADERS, jupyter_server, path_of

from autograder.distributing.publish import publish
from autograder.model import Course
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
FIRST_COMMANDS = re.compile(r"## Begin in JupyterLab\n(?:(?!    ).*\n)*((?:    .+\n)+)")
WAIT_MS = 120_000
MENU_LABELS = ".lm-MenuBar-itemLabel, .lm-Menu-itemLabel"
IDLE = """() => {
    const front = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
    const prompts = [...front.querySelectorAll(".jp-InputPrompt")].map(p => p.textContent);
    return prompts.some(p => /\\d/.test(p)) && !prompts.some(p => p.includes("*"));
}"""
CONTRAST = """element => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
    let behind = element;
    const paint = e => numbers(getComputedStyle(e).backgroundColor);
    while (behind.parentElement && paint(behind)[3] === 0) behind = behind.parentElement;
    const pair = [light(numbers(getComputedStyle(element).color)), light(paint(behind))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


@dataclass(frozen=True)
class Home:
    """A course, its published folder, and the Python of the environment that its README makes."""

    course: Course
    folder: Path
    python: Path


def published_home(root: Path, target: Path) -> Home:
    """A copy of the course in `root`, published in `target`, and its README's environment."""
    for name in ("course", "hardware_labs", "source", "release"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)
    course = open_course(root)
    folder = publish(course, target).paths[0]
    commands = FIRST_COMMANDS.search((folder / "README.md").read_text())[1].splitlines()
    *install, start = (line.strip() for line in commands)
    assert start == "jupyter lab index.ipynb"
    script = "\n".join(["set -e", *install])
    environment = {"PATH": path_of(Path(sys.executable)), "HOME": str(folder)}
    completed = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return Home(course, folder, folder / ".venv" / "bin" / "python")


@dataclass(frozen=True)
class Lab:
    """JupyterLab as it stands in the browser; all of it is about the notebook in front."""

    page: Page

    def notebook(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def cell(self, text: str) -> Locator:
        """The first cell that shows `text`."""
        return self.notebook().locator(".jp-Cell", has_text=text).first

    def output_of(self, text: str) -> str:
        """What the first cell that shows `text` has printed."""
        return self.cell(text).locator(".jp-OutputArea").inner_text()

    def write(self, cell: Locator, text: str) -> None:
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run_all(self) -> None:
        self.choose("Run", "Run All Cells")
        self.wait_until_idle()

    def run_at_end(self, text: str) -> str:
        """Adds a cell below the last one, runs it, and returns what it shows."""
        self.notebook().locator(".jp-Cell").last.click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        added = self.notebook().locator(".jp-Cell").last
        self.write(added, text)
        self.page.keyboard.press("Control+Enter")
        self.wait_until_idle()
        return added.locator(".jp-OutputArea").inner_text()

    def choose(self, *path: str) -> None:
        """An entry of the menus, as ("Run", "Run All Cells")."""
        for name in path:
            self.page.locator(MENU_LABELS).get_by_text(name, exact=True).click()

    def save(self) -> None:
        self.page.keyboard.press("Control+S")
        self.page.wait_for_timeout(1000)

    def wait_until_idle(self) -> None:
        self.page.wait_for_timeout(500)
        self.page.wait_for_function(IDLE, timeout=WAIT_MS)

    def wait_for(self, name: str) -> None:
        """Until the notebook `name` is in front and drawn, and its kernel answers."""
        self.page.locator(".lm-TabBar-tab.jp-mod-current", has_text=name).wait_for()
        self.notebook().locator(".jp-Cell.jp-mod-rendered").first.wait_for()
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()


@contextmanager
def lab(home: Home, settings: Path, path: str) -> Iterator[Lab]:
    """JupyterLab of the student's own environment with the notebook at `path` open."""
    with jupyter_server(home.folder, settings, home.python) as server, chromium() as browser:
        size = {"width": 1280, "height": 1000}
        page = browser.new_context(viewport=size, extra_http_headers=HEADERS).new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{server.url}lab/tree/{path}")
        yield Lab(page)


def contrast(locator: Locator) -> float:
    """How far the text of an element stands out from what is behind it, 1 to 21 (WCAG 2)."""
    return float(locator.evaluate(CONTRAST))
