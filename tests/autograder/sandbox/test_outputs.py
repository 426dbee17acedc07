"""Whatever a stranger's process says, what is kept of it are outputs of a notebook, and bounded."""

import json

import nbformat
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
).flatmap(lambda rest: KINDS.map(lambda kind: {**rest, "output_type": kind}))


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


@settings(max_examples=300, deadline=None)
@given(st.lists(OUTPUT, max_size=5) | ANYTHING, ANYTHING)
@example([{"output_type": "execute_result", "data": {}, "execution_count": -1}], -1)
def test_what_is_accepted_is_a_valid_notebook_that_can_be_written(outputs, count):
    kept, number, _ = accept_outputs({"outputs": outputs, "count": count}, 10_000)
    document = notebook_of(kept)
    nbformat.validate(nbformat.from_dict(document))
    json.dumps(make_inert(document)).encode()
    assert number is None or (type(number) is int and number >= 0)


def test_a_nest_without_end_is_cut():
    kept, _, _ = accept_outputs({"outputs": [deep(900)], "count": 1}, 10_000)
    assert len(json.dumps(make_inert(notebook_of(kept)))) < 2000


@given(ANYTHING)
def test_any_reply_is_survived(reply):
    accept_outputs(reply, 1000)
    list(display_updates(reply))


def test_what_is_too_long_is_cut_and_said():
    lines = [{"output_type": "stream", "name": "stdout", "text": "x" * 9000}] * 50
    kept, _, cut = accept_outputs({"outputs": lines}, 1000)
    assert cut
    assert len(json.dumps(kept)) < 12_000
