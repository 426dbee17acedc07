"""A name says what it holds: a bare pronoun or participle is no name of a variable or function."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("autograder", "benchmarks", "course", "hardware_labs", "tests")
NOT_OURS_ALONE = ("course/tinytorch", "tests/proofs")  # exported from notebooks; students' code
BARE_WORDS = {
    "asked", "both", "came", "come", "done", "each", "every", "found", "given", "gone", "got",
    "held", "it", "kept", "known", "lacking", "lost", "made", "missed", "ones", "others", "own",
    "put", "rest", "said", "same", "seen", "sent", "shown", "some", "taken", "there", "thing",
    "told", "took", "want", "wanted", "what", "which", "whole", "whose", "written",
}  # fmt: skip
# Fields that stand under these names in a table, a file or a notebook, and an outcome's kind.
FIELDS = {
    ("autograder/gradebook/review_marks.py", "done"),
    ("autograder/review/marking.py", "done"),
    ("autograder/roster/people.py", "gone"),
    ("autograder/reporting/row_marks.py", "HELD"),
    ("course/perfsim/estimate.py", "what"),
    ("hardware_labs/emulation/cortex_m.py", "said"),
    ("hardware_labs/recording/take.py", "lost"),
    ("hardware_labs/recording/take.py", "wanted"),
}


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_is_a_bare_pronoun_or_participle(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(NOT_OURS_ALONE):
            continue
        for line, name in bound_names(ast.parse(path.read_text(encoding="utf-8"))):
            is_bare = name.strip("_").lower() in BARE_WORDS and (place, name) not in FIELDS
            assert not is_bare, f"{place}:{line}: '{name}' does not say what it holds"


def test_every_field_that_keeps_its_name_is_there():
    for place, name in FIELDS:
        tree = ast.parse((ROOT / place).read_text(encoding="utf-8"))
        assert name in [bound for _, bound in bound_names(tree)], place
