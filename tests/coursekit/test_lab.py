"""The shell of a co-lab: one state, whether a click or a line of code changed it."""

import subprocess
import sys

import nbformat
import pytest
from coursekit.lab import WIDGET, Lab, Slider
from coursekit.svg import Bar, bars
from coursekit.syllabus import CourseError
from nbclient import NotebookClient

ROOM = {"nrf52840": 262_144, "h100": 80_000_000_000}


def draw(state):
    need = 60_000 * state["batch"] * {"int8": 1, "fp32": 4}[state["dtype"]]
    over = need - ROOM[state["device"]]
    failure = f"out of memory by {over:,} bytes" * (over > 0)
    picture = bars([Bar("needed", need, failed=over > 0)], f"{need} bytes needed", "B")
    return picture, [("needed", f"{need:,} B")], failure


@pytest.fixture
def lab():
    controls = {"device": list(ROOM), "dtype": ["int8", "fp32"], "batch": Slider([1, 2, 4, 8])}
    return Lab(controls, draw)


def controls_of(lab):
    row, picture = lab.widget().children
    return {control.description: control for control in row.children}, picture


def test_the_picture_stands_over_its_exact_table_and_its_code(lab):
    html = lab.html()
    assert html.index("<svg") < html.index("<table") < html.index("lab.set(")
    assert "60,000 B" in html
    assert "device=&#x27;nrf52840&#x27;" in html


def test_a_failure_is_in_plain_sight_and_can_be_undone(lab):
    assert lab.failure == ""
    lab.set(dtype="fp32", batch=8)
    assert lab.failure == "out of memory by 1,657,856 bytes"
    assert 'role="alert"' in lab.html()
    lab.set(dtype="int8", batch=1)
    assert lab.failure == ""
    assert 'role="alert"' not in lab.html()


def test_the_code_beside_the_controls_brings_the_lab_back(lab):
    lab.set(dtype="fp32", batch=4)
    state, line = dict(lab.state), lab.code
    lab.set(dtype="int8", batch=1, device="h100")
    exec(line, {"lab": lab})
    assert lab.state == state


def test_a_click_changes_state_and_picture(lab):
    controls, picture = controls_of(lab)
    controls["dtype"].value = "fp32"
    controls["batch"].value = 8
    assert lab.state == {"device": "nrf52840", "dtype": "fp32", "batch": 8}
    assert "out of memory by 1,657,856 bytes" in picture.value


def test_code_moves_the_widgets_and_draws_once(lab):
    drawn_states = []
    lab.draw = lambda state: drawn_states.append(state) or draw(state)
    controls, picture = controls_of(lab)
    drawn_states.clear()
    lab.set(device="h100", dtype="fp32", batch=2)
    assert drawn_states == [{"device": "h100", "dtype": "fp32", "batch": 2}]
    assert {name: control.value for name, control in controls.items()} == lab.state
    assert picture.value == lab.html()


def test_a_display_draws_once_and_anew(lab):
    drawn_states = []
    lab.draw = lambda state: drawn_states.append(state) or draw(state)
    for displays in (1, 2):
        lab._repr_mimebundle_()
        assert len(drawn_states) == displays


def test_two_views_of_a_lab_show_the_same(lab):
    _, first = controls_of(lab)
    _, second = controls_of(lab)
    lab.set(batch=4)
    assert first.value == second.value == lab.html()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"devcie": "h100"}, "There is no control 'devcie'. Nearest: 'device'."),
        ({"device": "NRF52832"}, "'device' cannot be 'NRF52832'. Nearest: 'nrf52840'."),
        ({"batch": 3}, "'batch' cannot be 3. Nearest: 2, 4, 1."),
        ({"batch": "four"}, "'batch' cannot be 'four'. Nearest: 1, 2, 4, 8."),
    ],
)
def test_an_unknown_control_or_value_names_the_nearest(lab, change, message):
    state = dict(lab.state)
    with pytest.raises(CourseError) as error:
        lab.set(**change)
    assert str(error.value) == message
    assert lab.state == state


def test_a_lab_has_at_most_three_controls():
    with pytest.raises(CourseError, match="one to 3 controls; 4 came"):
        Lab({name: [1] for name in "abcd"}, draw)


def test_a_draw_that_raises_after_a_click_is_seen(lab):
    controls, picture = controls_of(lab)
    lab.draw = lambda state: {}["no such row"]
    with pytest.raises(KeyError):
        controls["batch"].value = 2
    assert "could not be drawn" in picture.value
    assert "batch=2)" in picture.value
    lab.draw = draw
    controls["batch"].value = 4
    assert "240,000 B" in picture.value


def test_a_lab_begins_where_it_is_told():
    lab = Lab({"batch": Slider([1, 2])}, lambda state: ("", [], ""), {"batch": 2}, name="mine")
    assert lab.code == "mine.set(batch=2)"
    with pytest.raises(CourseError, match="cannot be 3"):
        Lab({"batch": Slider([1, 2])}, draw, {"batch": 3})


def test_a_terminal_gets_words(lab):
    assert lab.set(dtype="fp32", batch=2).text() == repr(lab)
    assert "Fails: out of memory by 217,856 bytes" in repr(lab)
    assert WIDGET not in lab._repr_mimebundle_()


def test_without_ipywidgets_the_picture_stands_and_a_sentence_says_why():
    code = (
        "import importlib.util as u; u.find_spec = lambda name: None\n"
        "import sys; sys.modules['ipywidgets'] = None\n"
        "from coursekit.lab import Lab\n"
        "lab = Lab({'b': [1, 2]}, lambda s: ('<svg/>', [('b', s['b'])], ''))\n"
        "lab.set(b=2); print(lab._repr_mimebundle_()['text/html'])"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "pip install ipywidgets" in completed.stdout
    assert "<svg/>" in completed.stdout
    assert "lab.set(b=2)" in completed.stdout


def test_a_notebook_that_is_only_executed_holds_picture_and_widget():
    cell = (
        "from coursekit.lab import Lab\n"
        "lab = Lab({'b': [1, 2]}, lambda s: ('<svg/>', [('b', s['b'])], ''))\n"
        "lab"
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(book, timeout=60, kernel_name="python3").execute()
    data = book.cells[0].outputs[0]["data"]
    assert "<svg/>" in data["text/html"]
    assert WIDGET in data
