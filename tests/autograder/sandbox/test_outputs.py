"""Whatever a stranger's process says, what is kept of it are outputs of a notebook, and bounded."""

import json

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.sandbox.cell_outputs import CellOutputs
from autograder.sandbox.limits import Limits
from autograder.sandbox.outputs import accept_outputs, display_updates
from autograder.sanitizing.sanitize import make_inert

KINDS = st.sampled_from(["stream", "error", "display_data", "execute_result", "other", 3, None])
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "\x00", "text/plain", "image/png"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)
OUTPUT = st.dictionaries(
    st.sampled_from(
        ["name", "text", "ename", "evalue", "traceback", "data", "metadata", "execution_count"]
    ),
    ANYTHING,
).flatmap(lambda fields: KINDS.map(lambda kind: {**fields, "output_type": kind}))


def deep(levels):
    nest = "x"
    for _ in range(levels):
        nest = [nest]
    return {"output_type": "display_data", "data": {"application/json": nest}, "metadata": {}}


def notebook_of(outputs):
    cell = {"cell_type": "code", "id": "a", "source": "", "metadata": {}, "outputs": outputs}
    return {
        "cells": [{**cell, "execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@settings(max_examples=300)
@given(st.lists(OUTPUT, max_size=5) | ANYTHING, ANYTHING)
@example([{"output_type": "execute_result", "data": {}, "execution_count": -1}], -1)
def test_what_is_accepted_is_a_valid_notebook_that_can_be_written(outputs, count):
    accepted_outputs, number, _ = accept_outputs({"outputs": outputs, "count": count}, 10_000)
    document = notebook_of(accepted_outputs)
    nbformat.validate(nbformat.from_dict(document))
    json.dumps(make_inert(document)).encode()
    assert number is None or (type(number) is int and number >= 0)


def test_a_nest_without_end_is_cut():
    accepted_outputs, _, _ = accept_outputs({"outputs": [deep(900)], "count": 1}, 10_000)
    assert len(json.dumps(make_inert(notebook_of(accepted_outputs)))) < 2000


@given(ANYTHING)
def test_any_reply_is_survived(reply):
    accept_outputs(reply, 1000)
    list(display_updates(reply))


def test_what_is_too_long_is_cut_and_said():
    lines = [{"output_type": "stream", "name": "stdout", "text": "x" * 9000}] * 50
    accepted_outputs, _, cut = accept_outputs({"outputs": lines}, 12_000)
    assert cut
    assert len(json.dumps(accepted_outputs)) < 12_000


FAILED = {
    "output_type": "error",
    "ename": "AssertionError",
    "evalue": "0 is not 3",
    "traceback": [],
}
POINTS = {
    "output_type": "execute_result",
    "execution_count": 1,
    "data": {"text/plain": "0.5"},
    "metadata": {},
}
PICTURE = {"output_type": "display_data", "data": {"text/plain": "x" * 90}, "metadata": {}}


@pytest.mark.parametrize("decision", [FAILED, POINTS])
@pytest.mark.parametrize("picture_count", [1200, 90])
def test_what_decides_a_test_is_kept_however_much_it_shows(decision, picture_count):
    accepted_outputs, _, cut = accept_outputs(
        {"outputs": [*[PICTURE] * picture_count, decision]}, 10_000
    )
    assert cut
    assert accepted_outputs[-1] == decision
    assert len(accepted_outputs) > 50


def test_an_error_that_is_too_long_stays_an_error():
    long = {**FAILED, "evalue": "x" * 90_000}
    accepted_outputs, _, cut = accept_outputs({"outputs": [long, POINTS]}, 1000)
    assert cut
    assert [output["output_type"] for output in accepted_outputs] == ["error", "execute_result"]
    assert len(json.dumps(accepted_outputs)) < 3000


def test_an_error_behind_many_results_is_kept_and_so_is_the_number_of_a_large_result():
    large = {**POINTS, "data": {"text/plain": "0.5", "text/html": "x" * 20_000}}
    accepted_outputs, _, _ = accept_outputs({"outputs": [*[large] * 25, FAILED]}, 10_000)
    assert accepted_outputs[-1] == FAILED
    assert accepted_outputs[0]["data"] == {"text/plain": "0.5"}


def test_all_cells_together_show_as_much_as_ten():
    notebook = {"cells": [{"cell_type": "code", "id": f"c{n}", "outputs": [], "metadata": {}}
                          for n in range(40)]}  # fmt: skip
    cell_outputs = CellOutputs(notebook, Limits(output_bytes=10_000).shown_bytes)
    for cell in notebook["cells"]:
        cell_outputs.write(
            cell, {"outputs": [{**PICTURE, "data": {"text/plain": "x" * 90_000}}, FAILED]}
        )
        assert cell["outputs"][-1] == FAILED
    assert len(json.dumps(notebook)) < 15 * 110_000
    assert "cell 'c39' printed too much: cut" in cell_outputs.messages
