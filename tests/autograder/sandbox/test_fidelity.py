"""The warm shell's outputs are a kernel's: notebooks run both ways, compared cell by cell."""

import ast
import json
import re
import shutil
from pathlib import Path

import both_ways
import pytest
from coursekit.timing import BUSY_SENTENCE

from autograder.demo import demo_class
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
COURSE = open_course(ROOT)
HARD = both_ways.hard_cells()
OURS = ("source/01_tensor", "source/x01_deployment_limits", "release/01_tensor")
SLOW_OURS = sorted(
    {f"{kind}/{one.id}" for one in COURSE.assignments for kind in ("source", "release")} - {*OURS}
)
HANDED_IN = [
    (assignment, student)
    for assignment, students in demo_class.CLASS.items()
    for student in students
    if student.fault != "endless loop"  # no end, no outputs to compare
]
# These print or draw what they measure, draw a nonce, or read a board that answers when it can:
# two runs of one kernel differ, too. Their outputs must be of the same kinds.
MEASURED = {
    "01_tensor": {"matmul-look", "machine", "predict-look"},
    "02_activations": {"predict", "predict-look"},
    "03_layers": {"measure-bytes-table", "measure-time-table", "measure-time-look"},
    "04_losses": {"bytes-toy", "measure-look"},
    "05_dataloader": {"constants", "predict", "predict-look", "overlap"},
    "06_autograd": {"ratio", "ratio-look"},
    "07_optimizers": {"machine", "measured"},
    "08_training": {"measure-table", "lab"},
    "09_convolutions": {"measure", "measure-table", "measure-look"},
    "10_tokenization": {"measured"},
    "11_embeddings": {"measure", "predict", "predict-look"},
    "12_attention": {"measure", "predict", "predict-look"},
    "13_transformers": {"measure", "measure-shares", "measure-look"},
    "m01_perceptron": {"measure"},
    "m02_xor": {"measure", "measure-look"},
    "m03_mlp": {"machine", "measure", "measure-look"},
    "m04_cnn": {"measure", "measure-table", "measure-look"},
    "m05_transformer": {"measure", "measure-look"},
    "m07_tinygpt": {"measure"},
    "x01_deployment_limits": {"prediction-lock", "machine-look", "gap-rows", "gap-look"},
    "x02_ml_systems": {
        "prediction-lock",
        "packing",
        "packing-look",
        "loopback",
        "fit-look",
        "gap-look",
    },
    "x03_dl_primer": {"where_prediction-lock", "measure-rows", "measure-figure", "gap-look"},
    "x04_architectures": {"prediction-lock", "measure", "measure-look", "gap-look"},
    "x05_workflow": {"prediction-lock", "steps", "search"},
    "x06_data_engineering": {
        "prediction-lock",
        "formats-measure",
        "workers",
        "workers-look",
        "own-measure",
        "gap-look",
    },
    "x07_frameworks": {"prediction-lock", "measured", "lines-look", "chain-rows", "gap-look"},
    "x08_training": {"prediction-lock", "ring-runs", "gap-look"},
    "x09_efficient_ai": {"prediction-lock", "latencies", "measured-look", "gap-look"},
    "x10_optimizations": {"prediction-lock", "product-look", "lab", "gap-rows", "gap-look"},
    "d01_connect": {"stream-live", "predict", "predict-look"},
    "d02_protocol": {"receiver-toy", "marks-look"},
    "d03_dataset": {"session"},
    "d09_raspberry_pi": {"memory-toy", "memory-look", "largest-look", "measure"},
    "o01_framework_sprint": {"work-look", "step-look", "race-look", "interval-look", "entry-try"},
    "o02_featherweight": {"entry-try"},
    "o03_bench_and_board": {"entry-try"},
}


CLOCK = re.compile(r"\b(shortest_seconds|get_traced_memory|perf_counter)\(")


@pytest.mark.parametrize("assignment", COURSE.assignments, ids=lambda a: a.id)
def test_the_cells_that_read_a_clock_are_known(assignment):
    rows = cells_of(f"source/{assignment.id}")
    read = {row["id"] for row in rows if CLOCK.search(statements_of(row["text"]))}
    graded = {row["id"] for row in rows if "### BEGIN HIDDEN TESTS" in row["text"]}
    measured = MEASURED.get(assignment.id, set())
    assert read - graded <= measured <= {row["id"] for row in rows}


def statements_of(text):
    """The statements of a cell that run at once, without the bodies of functions and classes."""
    defined = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
    return "\n".join(ast.unparse(n) for n in ast.parse(text).body if not isinstance(n, defined))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.mktemp("both")


@pytest.fixture(scope="module")
def warm(base):
    """All quick notebooks through one zygote: {name: (what ran, folder)}."""
    return by_warm_shell(HARD | {name: texts_of(name) for name in OURS}, base)


def by_warm_shell(texts, base):
    places = {name: place(base, "shell", name) for name in texts}
    notebooks = {name: {"folder": str(places[name]), "cells": texts[name]} for name in texts}
    ran = both_ways.by_warm_shell(notebooks)
    return {name: (ran[name], places[name]) for name in texts}


def by_kernel(name, texts, base):
    folder = place(base, "kernel", name)
    return both_ways.by_kernel(texts, folder), folder


def place(base, plan, name):
    """A folder with what stands beside the notebook; its name is as long for one way as for the
    other, because lengths show in tables."""
    folder = base / f"{plan[0]}-{name.replace('/', '-')}"
    folder.mkdir()
    for path in (ROOT / "source" / Path(name).name).glob("*.npz"):
        shutil.copyfile(path, folder / path.name)
    return folder


def texts_of(name):
    return [cell["text"] for cell in cells_of(name)]


def cells_of(name):
    path = ROOT / name / f"{Path(name).name}.ipynb"
    return code_of(json.loads(path.read_text(encoding="utf-8"))["cells"])


def code_of(cells):
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [{"id": cell["id"], "text": "".join(cell["source"])} for cell in code]


def kinds(cell):
    """Types and media of a cell's outputs, each once: how often text is flushed is left to time."""
    output_kinds = [
        (o["output_type"], o.get("name"), *sorted(o.get("data", ()))) for o in cell["outputs"]
    ]
    return sorted(set(map(str, output_kinds))), cell["count"]


def without_busy_sentence(cell):
    """A cell without what coursekit says of a busy machine, which is busy for one of the two."""
    texts = ["".join(output.get("text", "")).strip() for output in cell["outputs"]]
    outputs = [o for o, t in zip(cell["outputs"], texts, strict=True) if t != BUSY_SENTENCE]
    return {**cell, "outputs": outputs}


def assert_the_same(name, texts, kernel, shell, measured=frozenset()):
    kernel, shell = both_ways.normal(*kernel), both_ways.normal(*shell)
    for k, text in enumerate(texts):
        aspect = kinds if k in measured else dict
        ours, theirs = (without_busy_sentence(ran["cells"][k]) for ran in (shell, kernel))
        assert aspect(ours) == aspect(theirs), f"{name}, cell {k}:\n{text}"
    return kernel["widgets"], shell["widgets"]


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
def test_hard_cells_come_out_as_from_a_kernel(name, warm, base):
    texts = HARD[name]
    kernel, shell = assert_the_same(name, texts, by_kernel(name, texts, base), warm[name])
    assert shell == kernel


@pytest.mark.slow
@pytest.mark.parametrize("name", OURS)
def test_our_notebooks_come_out_as_from_a_kernel(name, warm, base):
    compare_ours(name, warm[name], base)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW_OURS)
def test_our_slow_notebooks_come_out_as_from_a_kernel(name, base):
    compare_ours(name, by_warm_shell({name: texts_of(name)}, base)[name], base)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("assignment", "student"), HANDED_IN, ids=lambda value: getattr(value, "name", value)
)
def test_what_the_demo_class_hands_in_comes_out_as_from_a_kernel(assignment, student, base):
    name = f"{student.name}/{assignment}"
    document = demo_class.notebook(COURSE, COURSE.assignment(assignment), student)
    code_cells = code_of(document["cells"])
    texts = [cell["text"] for cell in code_cells]
    compare(name, code_cells, by_warm_shell({name: texts}, base)[name], base)


def compare_ours(name, shell, base):
    compare(name, cells_of(name), shell, base)


def compare(name, code_cells, shell, base):
    marked, texts = MEASURED[Path(name).name], [cell["text"] for cell in code_cells]
    measured = {k for k, cell in enumerate(code_cells) if cell["id"] in marked}
    assert_the_same(name, texts, by_kernel(name, texts, base), shell, measured)
