"""Every reference in the text of a notebook leads somewhere: sections, chapters, what is next."""

import re
from pathlib import Path

import pytest

from autograder.notebook import cells
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[1]
ASSIGNMENTS = open_course(ROOT).assignments
IDS = [a.id for a in ASSIGNMENTS]

HEADING = re.compile(r"^#+ (\d+)\. ", re.M)
SECTIONS = re.compile(r"\bsections? (\d+(?:(?:, | and | or | to )\d+)*)", re.I)
CHAPTERS = re.compile(r"\bchapters? (\d+(?:(?:, | and | or | to )\d+)*)", re.I)
ID = re.compile(r"(?<![\w/.])((?:\d|[a-z])\d\d?_[a-z]\w*)(?![\w/.])")
BESIDE = re.compile(
    r"\b(next|later|following|coming|last|previous|earlier) (chapter|lab|milestone)s?\b", re.I
)
AHEAD = ("next", "later", "following", "coming")
LITERATURE = re.compile(r"^References: .*", re.M | re.S)


def kind(assignment):
    """What the text calls it: a chapter exports a module, a milestone runs on them."""
    if assignment.id.startswith("m"):
        return "milestone"
    return "chapter" if assignment.exports else f"lab of {assignment.track}"


def neighbours(name, word, direction):
    """The assignments of the kind `word` before or behind the one that is named."""
    here = next(a for a in ASSIGNMENTS if a.id == name)
    wanted_kind = f"lab of {here.track}" if word == "lab" else word
    place = IDS.index(name)
    side = ASSIGNMENTS[place + 1 :] if direction in AHEAD else ASSIGNMENTS[:place]
    return [a.id for a in side if kind(a) == wanted_kind]


def broken(name, texts):
    """The references in the texts of a notebook that lead nowhere."""
    sections = set(HEADING.findall("\n".join(texts)))
    prose = "\n".join(LITERATURE.sub("", text) for text in texts)
    prose = re.sub(r"\s+", " ", prose)
    faults = []
    for reference in SECTIONS.finditer(prose):
        faults += [reference[0]] if set(re.findall(r"\d+", reference[1])) - sections else []
    for reference in CHAPTERS.finditer(prose):
        numbers = re.findall(r"\d+", reference[1])
        faults += [f"chapter {n}" for n in numbers if not any(i.startswith(f"{n}_") for i in IDS)]
    faults += [reference for reference in ID.findall(prose) if reference not in IDS]
    for reference in BESIDE.finditer(prose):
        direction, word = reference[1].lower(), reference[2].lower()
        faults += [] if neighbours(name, word, direction) else [reference[0]]
    return faults


def texts_of(name):
    document = cells.load(ROOT / "source" / name / f"{name}.ipynb")
    return [cells.source(c) for c in document["cells"] if c["cell_type"] == "markdown"]


@pytest.mark.parametrize("name", IDS)
def test_every_reference_of_a_notebook_leads_somewhere(name):
    assert broken(name, texts_of(name)) == []


@pytest.mark.parametrize(
    ("name", "text", "references"),
    [
        ("07_optimizers", "## 6. Decay\nand `load_state`, in section 7.", ["section 7"]),
        ("04_losses", "## 1. A\n\n## 4. B\nsections 1, 4 and\n5", ["sections 1, 4 and 5"]),
        ("02_activations", "chapter 06 walks, chapter 18 runs", ["chapter 18"]),
        ("m07_tinygpt", "The next milestone\nserves it", ["next milestone"]),
        ("d09_raspberry_pi", "Later labs put queues on top", ["Later labs"]),
        ("01_tensor", "as in the last chapter", ["last chapter"]),
        ("05_dataloader", "as in `09_convolution`", ["09_convolution"]),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(name, text, references):
    assert broken(name, [text]) == references


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("01_tensor", "the next chapters import them; chapter 06 walks backwards"),
        ("m01_perceptron", "The next milestone asks what no line can do."),
        ("03_layers", "two activations of the last chapter"),
        ("04_losses", "References: C. Bishop, *Pattern Recognition*, section 4.3 (2006)."),
        ("08_training", "## 9. Memory\nsee section 9 and `m03_mlp`"),
        ("01_tensor", "into `tinytorch/core/tensor.py`"),
    ],
)
def test_a_reference_that_leads_somewhere_is_left_alone(name, text):
    assert broken(name, [text]) == []
