"""The widget shell: a dictionary, its picture, its code twin; with and without a frontend."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from coursekit import svg
from coursekit.lab import WIDGET_VIEW, Amount, Choice, Lab, LabError, Picture
from coursekit.record import Record
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient


def draw(state):
    short = 10 * state["batch"] - 40
    bar = svg.Bar("memory", 10 * state["batch"] / 40, f"{10 * state['batch']} of 40 bytes")
    says = f"out of memory: {short} bytes are missing" if short > 0 else "it fits"
    rows = [("needed", f"{10 * state['batch']} bytes"), ("device", state["device"])]
    return Picture(says, svg.bars([bar], says), rows, failed=short > 0)


def controls():
    return {"device": Choice(["big", "small"]), "batch": Amount(1, 8)}


@pytest.fixture
def lab():
    return Lab(draw, controls())


def test_controls_start_at_their_first_value(lab):
    assert lab.state == {"device": "big", "batch": 1}
    assert lab.code() == "lab.set(device='big', batch=1)"


def test_setting_from_code_changes_the_picture_and_the_line_of_code(lab):
    assert lab.set(batch=3, device="small") is lab
    assert "30 bytes" in lab.html()
    assert "lab.set(device=&#x27;small&#x27;, batch=3)" in lab.html()


def test_the_printed_line_of_code_brings_the_state_back(lab):
    lab.set(batch=5)
    other = Lab(draw, controls())
    exec(lab.code(), {"lab": other})
    assert other.state == lab.state


def test_running_out_of_memory_is_in_plain_sight_and_can_be_undone(lab):
    assert "✗ out of memory: 20 bytes are missing" in lab.set(batch=6).html()
    assert "✗" not in lab.set(batch=4).html()


def test_a_control_that_does_not_exist_is_named_with_those_that_do(lab):
    with pytest.raises(LabError, match="no control 'bach'; it has device, batch"):
        lab.set(bach=2)


def test_a_value_that_a_control_does_not_have_names_the_nearest(lab):
    with pytest.raises(LabError, match="device cannot be 'bigger'. Nearest: big"):
        lab.set(device="bigger")
    with pytest.raises(LabError, match="batch is a number from 1 to 8, but got 9"):
        lab.set(batch=9)
    with pytest.raises(LabError, match="batch is a number from 1 to 8, but got '2'"):
        lab.set(batch="2")


def test_a_refused_change_changes_nothing(lab):
    with pytest.raises(LabError):
        lab.set(device="small", batch=99)
    assert lab.state == {"device": "big", "batch": 1}


def test_more_than_three_controls_are_refused():
    with pytest.raises(LabError, match="one to 3 controls, not 4"):
        Lab(draw, {name: Choice([1]) for name in "abcd"})


def test_without_a_kernel_the_picture_stands_in_the_output(lab):
    bundle = lab._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "it fits" in bundle["text/plain"]


def test_the_picture_waits_for_the_prediction(tmp_path):
    record = Record(tmp_path / "x.record.jsonl")
    waiting = Lab(draw, controls(), record, "fits")
    assert "waits for your prediction of &#x27;fits&#x27;" in waiting.html()
    assert "<svg" not in waiting.html()
    record.predict("fits", True)
    assert "<svg" in waiting.html()


def test_each_state_that_is_shown_is_noted_once(tmp_path):
    record = Record(tmp_path / "x.record.jsonl")
    record.predict("fits", True)
    noted = Lab(draw, controls(), record, "fits")
    for batch in (1, 6, 6, 1):
        noted.set(batch=batch).html()
    assert [run["state"]["batch"] for run in record.runs("fits")] == [1, 6]
    assert "out of memory" in record.runs("fits")[1]["says"]
    assert record.verify() == ""


@given(share=st.floats(1e-9, 1e9), words=st.text(max_size=20))
def test_every_bar_is_well_formed_and_says_what_it_shows(share, words):
    label = "".join(c for c in words if c.isprintable())
    picture = ElementTree.fromstring(svg.bars([svg.Bar(label, share, "says")], f"alt {label}"))
    assert picture.get("role") == "img"
    assert picture.get("aria-label").split() == f"alt {label}".split()


@given(share=st.floats(1e-6, 1e6))
def test_a_bar_passes_the_line_exactly_when_it_is_too_much(share):
    picture = ElementTree.fromstring(svg.bars([svg.Bar("b", share, "s")], "alt"))
    (rect,) = picture.iter("{http://www.w3.org/2000/svg}rect")
    line = max(
        picture.iter("{http://www.w3.org/2000/svg}line"), key=lambda e: "stroke-width" in e.attrib
    )
    end = float(rect.get("x")) + float(rect.get("width"))
    assert (end > float(line.get("x1")) + 0.2) <= (share > 1)
    assert (end < float(line.get("x1")) - 0.2) <= (share < 1)


def test_an_unknown_share_is_a_word_and_no_bar():
    picture = svg.bars([svg.Bar("bandwidth", None, "unknown")], "alt")
    assert "unknown" in picture
    assert "<rect" not in picture


def test_a_point_under_the_roof_is_drawn_under_it():
    picture = svg.roofline(1e12, 1e10, [svg.Point(10.0, 1e10, "resnet50")], "alt")
    ElementTree.fromstring(picture)
    assert "resnet50" in picture


def test_a_grid_says_each_word_besides_its_colour():
    picture = svg.grid(
        ["mcu"], ["fp32", "int8"], {("mcu", "int8"): "memory"}, {"memory": "#fff"}, "a"
    )
    ElementTree.fromstring(picture)
    assert ">memory<" in picture


def test_labels_are_escaped():
    assert "<script" not in svg.bars([svg.Bar("<script>", 0.5, "'\"<b>")], "\"'<i>")
    assert "<script" not in svg.table([("<script>", "<script>")], "<script>")


CELLS = [
    '\nfrom coursekit.lab import Amount, Choice, Lab, Picture\ndef draw(state):\n    return Picture(f"batch {state[\'batch\']}", "<svg></svg>", [("batch", str(state["batch"]))])\nlab = Lab(draw, {"device": Choice(["big", "small"]), "batch": Amount(1, 8)})\nlab\n',
    '\nlab._widgets["batch"].value = 7\nlab.state["batch"], "batch 7" in lab._view.value\n',
    '\nlab.set(device="small")\nlab._widgets["device"].value, "batch 7" in lab._view.value\n',
]


def test_in_a_kernel_widgets_and_code_hold_one_state(tmp_path):
    cells = [nbformat.v4.new_code_cell(text.strip()) for text in CELLS]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=60)
    done = client.execute(cwd=str(tmp_path)).cells
    shown = done[0].outputs[0].data
    assert {WIDGET_VIEW, "text/html", "text/plain"} <= set(shown)
    assert done[1].outputs[0].data["text/plain"] == "(7, True)"
    assert done[2].outputs[0].data["text/plain"] == "('small', True)"


def test_without_ipywidgets_a_sentence_stands_above_the_picture(tmp_path):
    hide = "import sys; sys.modules['ipywidgets'] = None\n"
    cells = [nbformat.v4.new_code_cell(hide + CELLS[0].strip())]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=60)
    shown = client.execute(cwd=str(tmp_path)).cells[0].outputs[0].data
    assert WIDGET_VIEW not in shown
    assert "ipywidgets is not installed" in shown["text/html"]
    assert "batch 1" in shown["text/html"]


def test_the_shell_imports_neither_the_simulator_nor_the_grader():
    text = Path(sys.modules["coursekit.lab"].__file__).read_text()
    assert "perfsim" not in text
    assert "autograder" not in text
