"""How many disguised copies the comparison of answers finds, how many honest pairs it accuses, and
how long a class takes.

    python benchmarks/similarity.py             precision and recall, disguise by disguise
    python benchmarks/similarity.py --speed     500 hand-ins of 8 questions, with the page

A class is 200 honest answers (`honest_answers.py`) and 50 copies of them (`disguises.py`). A pair
is right if one of the two was copied from the other. `--classes` makes several, from seeds.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from disguises import DISGUISES
from honest_answers import QUESTIONS, SQUARED_ERROR, Question, honest_answer

from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.notebook.code_blocks import read_blocks
from autograder.proofs import read
from autograder.similarity.compare import given_prints
from autograder.similarity.fingerprints import code_prints
from autograder.similarity.pairs import Answer, Ranking, ranking
from autograder.similarity.same_text import same_texts
from autograder.similarity.uncalled import names_of

ROOT = Path(__file__).parents[1]
HONEST, COPIES = 200, 50
FIRST_SEED = 100
SOLUTION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.S)
MIN_LINES = 6  # of an answer of the course, shorter ones are not copied


@dataclass(frozen=True)
class Class:
    """The answers of a class; copies: student -> (whose answer it is, under which disguise).

    released_code: what was released. notebook_names: the names in the code of the notebook."""

    answers: dict[str, str]
    copies: dict[str, tuple[str, str]]
    released_code: str
    notebook_names: frozenset[str]


def generated_class(question: Question, seed: int, honest: int, copies: int) -> Class:
    rng = random.Random(f"{question.id} {seed}")
    answers = {f"honest{i:03}": honest_answer(question, rng) for i in range(honest)}
    notebook_names = names_of(ast.parse(question.released_code))
    return Class(*_with_copies(answers, copies, rng), question.released_code, notebook_names)


def _with_copies(
    answers: dict[str, str], copies: int, rng: random.Random
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    sources = rng.sample(sorted(answers), copies)
    origins: dict[str, tuple[str, str]] = {}
    everything = dict(answers)
    for number, (source, disguise) in enumerate(zip(sources, cycle(DISGUISES), strict=False)):
        student = f"copy{number:03}"
        everything[student] = DISGUISES[disguise](answers[source], rng)
        compile(everything[student], student, "exec")
        origins[student] = (source, disguise)
    return everything, origins


def course_class(seed: int, copies: int) -> Class:
    """Solutions of this course as a class: the instructor's, and those that its proofs write anew
    as right. Two for one question are honest answers written differently."""
    rng = random.Random(seed)
    answers: dict[str, str] = {}
    notebook_names: set[str] = set()
    for path in sorted((ROOT / "tests" / "proofs").glob("*.py")):
        notebook = cells.load(ROOT / "source" / path.stem / f"{path.stem}.ipynb")
        notebook_names |= _names_given(notebook)
        for cell in notebook["cells"]:
            text = cells.source(cell)
            if cells.is_solution(cell) and cell["cell_type"] == "code" and _is_long(text):
                answers[f"{path.stem}/{cells.grade_id(cell)}"] = text
        for number, proof in enumerate(read(path)):
            if proof.is_right and proof.text and _is_long(proof.text):
                answers[f"{path.stem}/{proof.question} written anew {number}"] = proof.text
    answers = dict(rng.sample(sorted(answers.items()), min(HONEST, len(answers))))
    return Class(*_with_copies(answers, copies, rng), "", frozenset(notebook_names))


def _names_given(notebook: Notebook) -> set[str]:
    """The names in the code of a notebook outside the solutions."""
    released_cells = [
        {**cell, "source": SOLUTION.sub("pass", cells.source(cell))} for cell in notebook["cells"]
    ]
    blocks = read_blocks({**notebook, "cells": released_cells})
    return {name for block in blocks for name in names_of(ast.parse(block.text))}


def _is_long(text: str) -> bool:
    try:
        compile(text, "answer", "exec")
    except SyntaxError:
        return False
    return len([line for line in text.split("\n") if line.strip()]) >= MIN_LINES


def answers_of(student_class: Class) -> list[Answer]:
    """The answers of a class with their fingerprints, each student a hand-in."""
    return [
        Answer(student, text, prints.kind, prints.prints, student)
        for student, text in student_class.answers.items()
        for prints in [code_prints(text, student_class.notebook_names)]
    ]


def compared(student_class: Class) -> Ranking:
    """The ranking of a class, as for one question of an assignment."""
    return ranking(
        answers_of(student_class), given_prints([student_class.released_code], code_prints)
    )


def honest_lists(student_class: Class) -> int:
    """How many texts the page would list as the same in a class that has the honest answers alone:
    each is an honest pair at least."""
    honest = (
        answer for answer in answers_of(student_class) if answer.student not in student_class.copies
    )
    return len(same_texts(honest, student_class.released_code))


@dataclass(frozen=True)
class Score:
    """Of some classes: copies there were and copies that were marked, by disguise; honest pairs
    that were marked, answers that were too short to tell, and lists of the same text among the
    honest answers of a class, on average."""

    copies: Counter[str]
    marked_copies: Counter[str]
    accused: int
    answers: int
    short: int
    lists: float

    @property
    def recall(self) -> float:
        return self.marked_copies.total() / self.copies.total()

    @property
    def precision(self) -> float:
        marked = self.marked_copies.total() + self.accused
        return self.marked_copies.total() / marked if marked else 1.0


def score(classes: Sequence[Class]) -> Score:
    copies: Counter[str] = Counter()
    marked_copies: Counter[str] = Counter()
    accused = answers = short = 0
    for student_class in classes:
        result = compared(student_class)
        answers += result.answers
        short += result.answers - result.long_enough
        copies.update(disguise for _, disguise in student_class.copies.values())
        for pair in result.marked:
            names = {pair.one.student, pair.other.student}
            copied = [
                name for name in names if student_class.copies.get(name, ("", ""))[0] in names
            ]
            marked_copies.update(student_class.copies[name][1] for name in copied)
            accused += not copied
    lists = sum(map(honest_lists, classes)) / len(classes)
    return Score(copies, marked_copies, accused, answers, short, lists)


def table(scores: dict[str, Score]) -> str:
    """Markdown: a row for each disguise, a column for each set of classes."""
    lines = [
        "| disguise | " + " | ".join(scores) + " |",
        "|---|" + "--:|" * len(scores),
    ]
    for disguise in DISGUISES:
        counts = [f"{s.marked_copies[disguise]} of {s.copies[disguise]}" for s in scores.values()]
        lines.append(f"| {disguise} | " + " | ".join(counts) + " |")
    rows = {
        "recall": [f"{100 * s.recall:.0f} %" for s in scores.values()],
        "precision": [
            f"{100 * s.precision:.1f} %" if s.marked_copies or s.accused else "nothing marked"
            for s in scores.values()
        ],
        "honest pairs marked": [str(s.accused) for s in scores.values()],
        "too short to tell": [f"{100 * s.short / s.answers:.0f} %" for s in scores.values()],
        "same text lists with an honest pair, per class": [
            f"{s.lists:.1f}" for s in scores.values()
        ],
    }
    lines += [f"| **{name}** | " + " | ".join(values) + " |" for name, values in rows.items()]
    return "\n".join(lines)


def speed_course(root: Path, students: int) -> None:
    """A course with one assignment of eight questions, handed in by that many students."""
    questions = [QUESTIONS[1 + place % 2] for place in range(8)]
    rng = random.Random(7)
    source = [_cell(f"q{i}", q.released_code) for i, q in enumerate(questions)]
    _save(root / "source" / "homework" / "homework.ipynb", source)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    for number in range(students):
        answers = [_cell(f"q{i}", honest_answer(q, rng)) for i, q in enumerate(questions)]
        _save(root / "submitted" / f"s{number:03}" / "homework" / "homework.ipynb", answers)


def _cell(name: str, text: str) -> dict[str, object]:
    meta = {"grade": False, "solution": True, "locked": False, "task": False}
    full = {**meta, "schema_version": 3, "grade_id": name, "cell_type": "code"}
    head = {"cell_type": "code", "id": name, "outputs": [], "execution_count": None}
    return {**head, "source": text, "metadata": {"nbgrader": full}}


def _save(path: Path, notebook_cells: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    document = {"cells": notebook_cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")


def measure_speed(students: int) -> str:
    from autograder.settings.open_course import open_course
    from autograder.similarity.compare import similarity
    from autograder.similarity.page import page

    with tempfile.TemporaryDirectory() as folder:
        speed_course(Path(folder), students)
        course = open_course(Path(folder))
        wall, cpu = time.perf_counter(), time.process_time()
        result = similarity(course, course.assignment("homework"))
        html = page(course, result)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return (
        f"{students} hand-ins of 8 questions: {wall:.1f} s, {cpu:.1f} CPU s, "
        f"a page of {len(html) / 1e6:.1f} MB"
    )


def all_scores(classes: int) -> Iterator[tuple[str, Score]]:
    seeds = range(FIRST_SEED, FIRST_SEED + classes)
    names = {SQUARED_ERROR.id: "3 lines", "confusion_matrix": "8 lines", "kmeans": "30 lines"}
    for question in QUESTIONS:
        generated_classes = [generated_class(question, seed, HONEST, COPIES) for seed in seeds]
        yield names[question.id], score(generated_classes)
    small = [generated_class(QUESTIONS[2], seed, 40, len(DISGUISES)) for seed in seeds]
    yield "30 lines, class of 40", score(small)
    yield "the course's solutions", score([course_class(seed, COPIES) for seed in seeds])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--students", type=int, default=500)
    options = parser.parse_args()
    if options.speed:
        print(measure_speed(options.students))
        return
    print(table(dict(all_scores(options.classes))), file=sys.stdout)


if __name__ == "__main__":
    main()
