"""The parts of the panel's script in headless Chromium, without JupyterLab: what they show of what
the kernel tells, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from chromium import chromium
from playwright.sync_api import Page

from hardware_labs.widgets.scripts import PANEL, script, style

pytestmark = pytest.mark.browser
MODEL = """
const model = {
  parts: {}, asked: [], heard: [],
  get: () => model.parts,
  set: () => {}, save_changes: () => {}, off: () => {},
  on: (event, hears) => { if (event === "change:parts") model.heard.push(hears); },
  send: (content) => model.asked.push(content),
};
const widget = panelScript();
const end = widget.initialize({ model });
widget.render({ model, el: document.body });
window.asked = model.asked;
window.tell = (parts) => {
  model.parts = { ...model.parts, ...parts };
  model.heard.forEach((one) => one());
};
"""


@contextmanager
def page_of_panel() -> Iterator[Page]:
    """A page with the panel in it: tell(parts) is the kernel's, asked is what the kernel gets."""
    code = script(PANEL).replace("export default", "const panelScript =") + MODEL
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_content("<body></body>")
        page.add_style_tag(content=style())
        page.add_script_tag(content=code)
        yield page


def section(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def test_a_trouble_stands_beside_the_button_that_was_pressed_and_in_no_other_part():
    with page_of_panel() as page:
        page.evaluate("tell({trouble: {words: 'No board is connected.', place: 'recorder'}})")
        for title, is_there in (
            ("Board", True),
            ("Record a data set", True),
            ("Stream", False),
            ("Log", False),
        ):
            sentence = section(page, title).get_by_text("No board is connected.")
            assert sentence.is_visible() == is_there
        assert page.get_by_role("alert").count() == 1
        page.evaluate("tell({trouble: {words: '', place: 'board'}})")
        assert page.locator(".trouble:visible").count() == 0


def test_numbers_and_labels_go_to_the_kernel_as_they_were_typed():
    with page_of_panel() as page:
        page.evaluate("parts => tell(parts)", {"labels": {"labels": ["idle"]}})
        recorder = section(page, "Record a data set")
        recorder.get_by_label("Seconds").fill("-1")
        recorder.get_by_label("Rate (Hz)").fill("")
        recorder.get_by_role("button", name="Record idle").click()
        recorder.get_by_label("Another label").fill("a" * 80)
        recorder.get_by_role("button", name="Add").click()
        requests = page.evaluate("asked")
        assert requests[-2] == {
            "kind": "record", "label": "idle", "rate_hz": None, "seconds": -1, "countdown_s": 3,
        }  # fmt: skip
        assert requests[-1] == {"kind": "add_label", "label": "a" * 80}


def test_a_label_that_the_kernel_took_becomes_a_button_and_leaves_the_field():
    with page_of_panel() as page:
        recorder = section(page, "Record a data set")
        field = recorder.get_by_label("Another label")
        field.fill("tap")
        page.evaluate("parts => tell(parts)", {"labels": {"labels": ["idle", "tap"]}})
        assert recorder.get_by_role("button", name="Record tap").is_visible()
        assert field.input_value() == ""


def test_the_source_and_its_class_are_chosen_in_the_recorder():
    source = {"sources": ["test", "motion"], "source": "motion", "classes": ["standing", "running"],
              "rows": "10", "number": 1, "words": "Source: the recording 'motion'"}  # fmt: skip
    with page_of_panel() as page:
        recorder = section(page, "Record a data set")
        assert not recorder.get_by_label("Source").is_visible()
        page.evaluate("told => tell({source: told})", source)
        assert recorder.get_by_label("Class").input_value() == "1"
        recorder.get_by_label("Class").select_option("standing")
        request = page.evaluate("asked").pop()
        assert request == {"kind": "source", "name": "motion", "number": 0}
        page.evaluate("told => tell({source: told})", source | {"source": "test", "classes": []})
        assert not recorder.get_by_label("Class").is_visible()
        assert recorder.get_by_label("Source").input_value() == "test"


def test_lost_samples_stand_under_the_plot():
    with page_of_panel() as page:
        page.evaluate("tell({stream: {came: 90, lost: 10, words: '90 came, lost: 10.'}})")
        assert section(page, "Stream").get_by_text("lost: 10").is_visible()
