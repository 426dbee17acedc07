"""Numbers as people type them: units, commas, exponents; the page's JavaScript reads them alike."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest
from coursekit.quantity import KINDS, Quantity, converted, read_quantity
from hypothesis import given, settings
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[2] / "course" / "book" / "static" / "checks.js"
UNITS = [unit for units in KINDS.values() for unit in units]
TYPED = {
    "12": (12, ""),
    " 1,200 ms ": (1200, "ms"),
    "1,5 s": (1.5, "s"),
    "0,200 s": (0.2, "s"),
    "1.234,5": (1234.5, ""),
    "1,234,567.8 B": (1234567.8, "B"),
    "1 234 567": (1234567, ""),
    "1.234.567": (1234567, ""),
    "1.5e3 µs": (1500, "us"),
    "3 × 10^4 B": (30000, "B"),
    "3*10^-2": (0.03, ""),
    "\u22127.5 %": (-7.5, "%"),
    ".5": (0.5, ""),
    "25%": (25, "%"),
    "2.5 requests": (2.5, "requests"),
    "6e5ms": (6e5, "ms"),
}
NO_NUMBERS = ["", "ms", "1,2,3", "1.2.3", "one", "--1", "1,23,456"]


@pytest.mark.parametrize("text", TYPED)
def test_a_number_is_read_with_its_unit(text):
    value, unit = TYPED[text]
    read = read_quantity(text)
    assert math.isclose(read.value, value) and read.unit == unit


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_answered_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"A number was needed, such as 12\.5 or 3e4, but"):
        read_quantity(text)


@given(st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-9))
def test_every_way_to_write_a_number_reads_the_same(value):
    rounded = float(f"{value:.6f}")
    for text in (f"{rounded:,.6f}", f"{rounded:.6f}".replace(".", ","), f"{rounded:.6f}"):
        assert math.isclose(read_quantity(text).value, rounded, abs_tol=1e-9), text
    assert math.isclose(read_quantity(f"{value:e}").value, float(f"{value:e}"))


@given(st.sampled_from(list(KINDS.values())), st.data(), st.floats(1e-6, 1e6))
def test_converting_there_and_back_changes_nothing(units, data, value):
    unit, other_unit = (data.draw(st.sampled_from([u for u in units if u])) for _ in range(2))
    away = converted(Quantity(value, unit), other_unit)
    assert math.isclose(converted(Quantity(away, other_unit), unit), value, rel_tol=1e-9)


def test_a_unit_of_another_kind_is_refused_with_both_units():
    with pytest.raises(ValueError, match="asked for in ms, but 'MB' came"):
        converted(Quantity(3, "MB"), "ms")
    with pytest.raises(ValueError, match="asked for without a unit, but 'ms' came"):
        converted(Quantity(3, "ms"), "")


def in_javascript(pairs):
    """What the page's script makes of each text and unit: a number, or a sentence."""
    if shutil.which("node") is None:
        pytest.skip("needs node to run the page's script. Install it: apt-get install nodejs")
    program = (
        f"const c = require({json.dumps(str(SCRIPT))});"
        f"console.log(JSON.stringify({json.dumps(pairs)}.map(([text, unit]) => {{"
        "try { return c.converted(c.readQuantity(text), unit); } catch (e) { return e.message; }"
        "})))"
    )
    completed = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    return json.loads(completed.stdout)


def in_python(text, unit):
    try:
        return converted(read_quantity(text), unit)
    except ValueError as error:
        return str(error)


TEXTS = st.text(st.sampled_from("0123456789.,' e-+x*^µms%B"), max_size=9)


@settings(max_examples=3)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(UNITS)), min_size=150, max_size=200))
def test_the_script_of_the_page_reads_numbers_as_python_does(pairs):
    fixed_pairs = [(text, unit) for text in (*TYPED, *NO_NUMBERS) for unit in ("", "ms", "%")]
    pairs = [*fixed_pairs, *pairs]
    for pair, theirs in zip(pairs, in_javascript(pairs), strict=True):
        ours = in_python(*pair)
        is_equal = ours == theirs if isinstance(ours, str) else math.isclose(ours, theirs or 0.0)
        assert is_equal, (pair, ours, theirs)
