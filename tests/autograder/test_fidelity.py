"""The warm shell's outputs are a kernel's: notebooks run both ways, compared cell by cell."""

import json
from pathlib import Path

import both_ways
import pytest

ROOT = Path(__file__).parents[2]
HARD = both_ways.hard_cells()
OURS = ("source/01_tensor", "source/x01_deployment_limits", "release/01_tensor")
SLOW_OURS = ("release/x01_deployment_limits", "source/d01_connect", "release/d01_connect")
# These print what they measure, draw a nonce, or read from a board that answers when it can: two
# runs of one kernel differ, too. Their outputs must be of the same kinds.
MEASURED = {
    "01_tensor": {"matmul-look", "machine", "predict", "predict-look"},
    "x01_deployment_limits": {"prediction-lock", "machine-look", "mine", "gap-rows", "gap-look"},
    "d01_connect": {"connect-toy", "predict", "predict-look"},
}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.mktemp("both")


@pytest.fixture(scope="module")
def warm(base):
    """All quick notebooks through one zygote: {name: (what ran, folder)}."""
    return by_warm_shell(HARD | {name: texts_of(name) for name in OURS}, base)


def by_warm_shell(texts, base):
    places = {name: place(base, "shell", name) for name in texts}
    given = {name: {"folder": str(places[name]), "cells": texts[name]} for name in texts}
    ran = both_ways.by_warm_shell(given)
    return {name: (ran[name], places[name]) for name in texts}


def by_kernel(name, texts, base):
    folder = place(base, "kernel", name)
    return both_ways.by_kernel(texts, folder), folder


def place(base, way, name):
    """A folder whose name is as long for one way as for the other: lengths show in tables."""
    folder = base / f"{way[0]}-{name.replace('/', '-')}"
    folder.mkdir()
    return folder


def texts_of(name):
    return [cell["text"] for cell in cells_of(name)]


def cells_of(name):
    path = ROOT / name / f"{Path(name).name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [{"id": cell["id"], "text": "".join(cell["source"])} for cell in code]


def kinds(cell):
    """Types and media of a cell's outputs, each once: how often text is flushed is left to time."""
    found = [(o["output_type"], o.get("name"), *sorted(o.get("data", ()))) for o in cell["outputs"]]
    return sorted(set(map(str, found))), cell["count"]


def assert_the_same(name, texts, kernel, shell, measured=frozenset()):
    kernel, shell = both_ways.normal(*kernel), both_ways.normal(*shell)
    for k, text in enumerate(texts):
        seen = kinds if k in measured else dict
        assert seen(shell["cells"][k]) == seen(kernel["cells"][k]), f"{name}, cell {k}:\n{text}"
    return kernel["widgets"], shell["widgets"]


@pytest.mark.parametrize("name", HARD)
def test_hard_cells_come_out_as_from_a_kernel(name, warm, base):
    texts = HARD[name]
    kernel, shell = assert_the_same(name, texts, by_kernel(name, texts, base), warm[name])
    assert shell == kernel


@pytest.mark.parametrize("name", OURS)
def test_our_notebooks_come_out_as_from_a_kernel(name, warm, base):
    compare_ours(name, warm[name], base)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW_OURS)
def test_our_slow_notebooks_come_out_as_from_a_kernel(name, base):
    compare_ours(name, by_warm_shell({name: texts_of(name)}, base)[name], base)


def compare_ours(name, shell, base):
    marked, texts = MEASURED[Path(name).name], texts_of(name)
    measured = {k for k, cell in enumerate(cells_of(name)) if cell["id"] in marked}
    assert_the_same(name, texts, by_kernel(name, texts, base), shell, measured)
