"""A notebook in the site's JupyterLab, as a student uses it with mouse and keyboard."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from lite_page import ROOT, WAIT_MS
from playwright.sync_api import Locator, Page

IDLE = """() => {
    const bar = document.querySelector("#jp-main-statusbar");
    const prompts = [...document.querySelectorAll(".jp-InputPrompt")].map(p => p.textContent);
    return bar && bar.textContent.includes("| Idle") && !prompts.some(p => p.includes("*"));
}"""


@dataclass(frozen=True)
class StudentPage:
    """The one notebook that is open."""

    page: Page

    def cells(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel .jp-Cell")

    def wait_until_idle(self) -> None:
        self.page.wait_for_timeout(500)
        self.page.wait_for_function(IDLE, timeout=WAIT_MS)

    def write(self, number: int, text: str) -> None:
        """Puts `text` into the cell with this number, in the place of what is there."""
        self.cells().nth(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run_all(self) -> None:
        for name in ("Run", "Run All Cells"):
            labels = self.page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel")
            labels.get_by_text(name, exact=True).click()
        self.wait_until_idle()

    def run_at_end(self, text: str) -> Locator:
        """Adds a cell below the last one, runs it, and returns what it shows."""
        self.cells().last.click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.write(self.cells().count() - 1, text)
        self.page.keyboard.press("Control+Enter")
        self.wait_until_idle()
        return self.cells().last.locator(".jp-OutputArea")

    def save(self) -> None:
        self.page.keyboard.press("Control+S")
        self.page.wait_for_timeout(1500)

    def errors(self) -> list[str]:
        """What stopped, of all cells."""
        error_outputs = self.page.locator('.jp-OutputArea-output[data-mime-type*="stderr"]')
        return [text for text in error_outputs.all_inner_texts() if "Traceback" in text]


def released(name: str) -> list[dict]:
    """The cells of a released notebook."""
    path = ROOT / "release" / name / f"{name}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def answers(name: str) -> dict[int, str]:
    """The instructor's answers by the number of the cell in the release, their marks left out."""
    path = ROOT / "source" / name / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    solved = {_grade_id(cell): "".join(cell["source"]) for cell in cells if _is_solution(cell)}
    return {
        number: re.sub(r"(?m)^.*### (BEGIN|END) SOLUTION\n?", "", solved[_grade_id(cell)])
        for number, cell in enumerate(released(name))
        if cell["cell_type"] == "code" and _is_solution(cell)
    }


def _grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def _is_solution(cell: dict) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))
