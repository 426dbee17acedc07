"""The worked example in the docstring of each stub is true for the reference solution."""

import __future__

import ast
import doctest
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.notebook import cells

ROOT = Path(__file__).parents[1]
NAMES = [path.parent.name for path in sorted(ROOT.glob("source/*/*.ipynb"))]
FUNCTION = ast.FunctionDef
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def code_cells(name):
    book = cells.load(ROOT / "source" / name / f"{name}.ipynb")
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


def defines(cell):
    """Whether a cell is an answer, is exported, or only defines, imports and names texts."""
    if cells.is_solution(cell) or "export" in cell["metadata"].get("tags", ()):
        return True
    return not cells.is_test(cell) and all(
        isinstance(statement, DEFINITIONS)
        or (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant))
        for statement in ast.parse(cells.source(cell)).body
    )


def reference_names(name):
    """The names that the instructor's notebook defines, its looks and measurements left out."""
    names, flags = {"__name__": "__main__"}, __future__.annotations.compiler_flag
    for cell in code_cells(name):
        body = ast.parse(cells.source(cell)).body
        if defines(cell):
            text = cells.source(cell)
            exec(compile(text, f"<{cell['id']}>", "exec", flags=flags), names)
            continue
        for statement in (s for s in body if isinstance(s, DEFINITIONS)):
            text = ast.unparse(statement)
            with suppress(NameError):  # a default or a base that a look makes
                exec(compile(text, f"<{cell['id']}>", "exec", flags=flags), names)
    return names


def stubs(name):
    """(name, docstring) of each function of a notebook whose body a student writes."""
    for cell in filter(cells.is_solution, code_cells(name)):
        lines = cells.source(cell).split("\n")
        functions = [n for n in ast.walk(ast.parse("\n".join(lines))) if isinstance(n, FUNCTION)]
        for begin in (i for i, line in enumerate(lines, 1) if cells.SOLUTION[0] in line):
            before = (node for node in functions if node.lineno < begin)
            node = max(before, key=lambda node: node.lineno, default=None)
            if node and ast.get_docstring(node):
                yield f"{cell['id']}, line {node.lineno}: {node.name}", ast.get_docstring(node)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_notebook_are_true_for_the_reference(name, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    examples = [(where, text) for where, text in stubs(name) if ">>>" in text]
    names = reference_names(name) if examples else {}
    parser, runner, output = doctest.DocTestParser(), doctest.DocTestRunner(), []
    for where, text in examples:
        runner.run(parser.get_doctest(text, dict(names), where, None, 0), out=output.append)
    assert not runner.failures, "".join(output)


@pytest.mark.parametrize("name", NAMES)
def test_every_stub_has_a_worked_example(name):
    texts = dict(stubs(name))
    assert texts
    assert [where for where, text in texts.items() if ">>>" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_two_hints_that_unfold(name):
    book = cells.load(ROOT / "source" / name / f"{name}.ipynb")
    exercises = [
        cells.source(c)
        for c in book["cells"]
        if c["cell_type"] == "markdown" and cells.source(c).startswith("**Exercise.**")
    ]
    assert exercises
    for text in exercises:
        assert text.count("<details><summary>Hint ") == text.count("</details>") == 2, text[:60]
