"""From a notebook's tagged cells to a module that reads as if written by hand."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from coursekit.exporter import export, exported_cells, reference
from coursekit.module_head import undefined
from coursekit.module_text import module_text
from coursekit.syllabus import Assignment, CourseError, Syllabus, load
from small_chapter import code, markdown, notebook, solution

REPOSITORY = Path(__file__).parents[2]
SYLLABUS = Syllabus(
    "Test", (Assignment("01_tensor", "BUILD", "T", exports="tinytorch/core/tensor.py"),)
)
TWO_CHAPTERS = """
[[assignment]]
id = "01_tensor"
track = "BUILD"
title = "T"
exports = "tinytorch/core/tensor.py"
[[assignment]]
id = "02_half"
track = "BUILD"
title = "H"
prerequisites = ["01_tensor"]
exports = "tinytorch/core/half.py"
"""

MODULE = '''"""Tensor: a small one.

It doubles.
"""

import numpy as np

__all__ = ["double"]


def double(x: np.ndarray) -> np.ndarray:
    """Twice `x`."""
    return 2 * x
'''


def text_of(*cells):
    book = notebook(markdown("title", "# T"), *cells)
    return module_text(book, [cell for cell in cells if "tags" in cell["metadata"]])


def ruff(*arguments, text):
    command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", "course/x.py", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=REPOSITORY)


def test_the_reference_framework_is_what_its_notebooks_export_now(tmp_path):
    reference(REPOSITORY, tmp_path)
    fresh = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.py")}
    course = REPOSITORY / "course"
    course_modules = {
        path.relative_to(course): path.read_bytes() for path in course.glob("tinytorch/**/*.py")
    }
    assert fresh == course_modules


def test_every_build_row_has_its_exported_module():
    rows = [row for row in load().assignments if row.exports]
    assert [row.id for row in rows if not (REPOSITORY / "course" / row.exports).exists()] == []


def test_an_exported_module_reads_as_written_by_hand(chapter, place, tmp_path):
    module = export(place(chapter), tmp_path, SYLLABUS)
    assert module.path.read_text() == MODULE
    assert module.names == ("double",)


def test_twice_the_same_notebook_gives_the_same_bytes(chapter, place, tmp_path):
    path = place(chapter)
    first = export(path, tmp_path, SYLLABUS).path.read_bytes()
    module = export(path, tmp_path, SYLLABUS)
    assert module.path.read_bytes() == first
    assert module.notes == ()


def test_ruff_would_leave_the_module_as_it_is():
    text = text_of(
        code("imports", "from __future__ import annotations\nimport sys, json\nimport numpy as np"),
        code("more", "from math import pi, cos, sqrt\nfrom math import e as E\nimport numpy as np"),
        code(
            "a",
            "TABLE = {'x': pi}\n\n\n\nclass B:\n    x = 1\n\n\n    y = 2".replace("'", '"'),
            "export",
        ),
        code(
            "b",
            "def f(x: json.JSONDecoder) -> B:\n    return np.cos(cos(sqrt(E)))\nK = 1",
            "export",
        ),
        code("c", "# why\n@staticmethod\ndef g():\n    return sys.path\n\ng()", "export"),
    )
    assert ruff("format", "--diff", text=text).returncode == 0
    assert ruff("check", text=text).stdout.strip() == "All checks passed!"
    assert "g()\n" not in text.partition("def g():")[2]


def test_many_names_are_listed_one_to_a_line():
    text = text_of(code("a", "\n\n\n".join(f"def name_{n}(): ..." for n in range(20)), "export"))
    assert '__all__ = [\n    "name_0",\n    "name_1",' in text


def test_a_string_keeps_its_blank_lines():
    text = text_of(code("a", 'def f():\n    return """a\n\n\n\nb"""', "export"))
    assert 'return """a\n\n\n\nb"""' in text


def test_magics_checks_and_displayed_values_are_not_exported():
    cell = code("a", "%matplotlib inline\nfrom coursekit import check\nx = 1\nx", "export")
    assert text_of(cell) == '"""T."""\n\n__all__ = ["x"]\n\nx = 1\n'


def test_a_module_docstring_can_be_given_in_the_notebook(chapter):
    chapter["metadata"]["mlsys"] = {"module_doc": 'Say """it""".'}
    assert module_text(chapter, [chapter["cells"][2]]).startswith("\"\"\"Say '''it'''.\"\"\"\n")


def test_an_unfinished_notebook_is_refused_by_cell(untouched, place, tmp_path):
    with pytest.raises(CourseError, match="not finished: double-solution still raises"):
        export(place(untouched), tmp_path, SYLLABUS)
    assert not (tmp_path / "tinytorch").exists()


def test_partial_exports_what_there_is(untouched, place, tmp_path):
    untouched["cells"].append(solution("broken", "def ("))
    module = export(place(untouched), tmp_path, SYLLABUS, partial=True)
    assert "raise NotImplementedError" in module.path.read_text()
    assert "broken-solution is not Python yet" in module.notes


def test_an_abstract_method_is_not_unfinished(chapter, place, tmp_path):
    chapter["cells"].append(
        solution("a", "def f():\n    raise NotImplementedError('a layer has it')")
    )
    assert "f" in export(place(chapter), tmp_path, SYLLABUS).names


def test_a_name_that_no_exported_cell_defines_is_refused(chapter, place, tmp_path):
    chapter["cells"].append(solution("more", "def triple(x):\n    return three * x"))
    with pytest.raises(CourseError, match=r"use three, which none of them defines"):
        export(place(chapter), tmp_path, SYLLABUS)


def test_undefined_names_are_found_in_every_scope():
    text = "import os\nclass A:\n  b = 1\n  def f(self, x):\n    return [y for y in x if y < z]"
    assert undefined(text) == ["z"]


def test_work_by_hand_is_kept_beside(finished, place, tmp_path):
    path = place(finished)
    module = export(path, tmp_path, SYLLABUS).path
    for text in ("# mine", "# mine again"):
        module.write_text(text)
        last_export = export(path, tmp_path, SYLLABUS)
    assert last_export.notes == (
        "tinytorch/core/tensor.py was edited by hand; that version is kept as tensor.py.bak2.",
    )
    assert module.with_name("tensor.py.bak").read_text() == "# mine"
    assert module.with_name("tensor.py.bak2").read_text() == "# mine again"


def test_a_new_answer_replaces_the_exported_one_without_a_copy(finished, place, tmp_path):
    export(place(finished), tmp_path, SYLLABUS)
    finished["cells"][2]["source"] = "def double(x):\n    return x * 2"
    module = export(place(finished), tmp_path, SYLLABUS).path
    assert "x * 2" in module.read_text()
    assert list(module.parent.glob("*.bak*")) == []


def test_cells_that_lost_their_tags_are_found_and_it_is_said(finished):
    book = json.loads(json.dumps(finished))
    for cell in book["cells"]:
        cell["metadata"] = {}
    del book["cells"][2]["id"]
    rows = [{"cell": "double-solution", "defines": ["double"]}, {"cell": "gone", "defines": ["g"]}]
    cells, notes = exported_cells(book, rows, Path("01_tensor.ipynb"))
    assert cells == [book["cells"][2]]
    assert notes == (
        "The cell double-solution had lost its tag 'export'; "
        "it was recognised by the names it defines (double).",
        "The cell gone of the release is not in 01_tensor.ipynb.",
    )


def test_a_notebook_without_tags_says_what_to_do(finished, place, tmp_path):
    finished["cells"][2]["metadata"] = {}
    with pytest.raises(CourseError, match="no cell with the tag 'export'"):
        export(place(finished), tmp_path, SYLLABUS)


@pytest.mark.parametrize(
    ("name", "kind"), [("m01_perceptron", "milestone"), ("x01_deployment_limits", "lab of EXPLORE")]
)
def test_what_has_nothing_to_export_says_what_to_do_instead(name, kind, tmp_path):
    pattern = rf"^{name} is a {kind}: there is nothing to export\. .* course submit {name}$"
    with pytest.raises(CourseError, match=pattern):
        export(tmp_path / f"{name}.ipynb", tmp_path, load())


def test_the_package_gives_its_names_lazily(finished, place, tmp_path, monkeypatch):
    export(place(finished), tmp_path, SYLLABUS)
    broken = tmp_path / "tinytorch" / "core" / "broken.py"
    broken.write_text('__all__ = ["thing"]\n\nraise RuntimeError("not yet")\n')
    export(place(finished), tmp_path, SYLLABUS)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    other_modules = {k: v for k, v in sys.modules.items() if k.partition(".")[0] != "tinytorch"}
    with mock.patch.dict(sys.modules, other_modules, clear=True):
        package = importlib.import_module("tinytorch")
        assert Path(package.__file__).is_relative_to(tmp_path)
        assert package.double(4) == 8
        with pytest.raises(RuntimeError, match="not yet"):
            _ = package.thing
        with pytest.raises(AttributeError, match="tinytorch has no 'Tensor' yet: export the chap"):
            _ = package.Tensor


def test_what_was_handed_out_stands_in_for_a_chapter_the_student_has_not(finished, place, tmp_path):
    installed = tmp_path / "site-packages"
    shutil.copytree(REPOSITORY / "course" / "coursekit", installed / "coursekit")
    (installed / "coursekit" / "syllabus.toml").write_text(TWO_CHAPTERS)
    handed_out = export(place(finished), tmp_path / "made", SYLLABUS, keep=False)
    shutil.copytree(tmp_path / "made" / "tinytorch", installed / "tinytorch")
    mine = notebook(
        markdown("title", "# Halves"),
        code("imports", "from tinytorch.core.tensor import double"),
        code("half", "def half(x):\n    return double(x) / 4", "export", solution=True),
    )
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "02_half.ipynb").write_text(json.dumps(mine))
    print_command = "import tinytorch as t; print(t.half(6), t.double(3), t.core.half.__file__)"
    for command in (
        "from coursekit.cli import main; main(['export'], standalone_mode=False)",
        print_command,
    ):
        completed = subprocess.run(
            [sys.executable, "-c", command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
        )
        assert completed.returncode == 0, completed.stderr
    assert handed_out.names == ("double",)
    assert completed.stdout.split() == ["3.0", "6", str(folder / "tinytorch" / "core" / "half.py")]
