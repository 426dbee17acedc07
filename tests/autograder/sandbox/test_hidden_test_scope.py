"""What a hidden test may see is read from the reference notebook."""

from pathlib import Path

import pytest

from autograder.notebook import cells
from autograder.sandbox.test_scope import read_preludes, read_scopes

SOURCE = Path(__file__).parents[3] / "source"


def cell(text, kind="given", name=""):
    solution, grade = kind == "solution", kind == "test"
    meta = {"grade_id": name, "solution": solution, "grade": grade, "points": 1, "locked": grade}
    nbgrader = {"nbgrader": meta} if kind != "given" else {}
    return {"cell_type": "code", "metadata": nbgrader, "source": text}


def scope_of(*given_cells, test="x", later=(), name="q"):
    before = [cell(text) if isinstance(text, str) else text for text in given_cells]
    after = [cell(text) if isinstance(text, str) else text for text in later]
    return read_scopes({"cells": [*before, cell(test, "test", name), *after]})[name]


def solution(text):
    return cell(text, "solution", "answer")


def earlier_test(text):
    return cell(text, "test", "before")


def test_the_instructors_imports_count_and_a_solutions_do_not():
    scope = scope_of("import numpy as np\nfrom math import pi", solution("import os"))
    assert scope.imports.splitlines() == ["import numpy as np", "from math import pi"]
    assert "os" in scope.submission_names


def test_imports_from_the_future_come_first():
    scope = scope_of("import math", "from __future__ import annotations")
    assert scope.imports.startswith("from __future__")


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x + LIMIT",
        "class A:\n    size = LIMIT",
        "@cache\ndef f(x):\n    return x",
        "def f(x: Student) -> Student:\n    return x",
        "NAMES = (*PAIR, 'c')",
        "TABLE = {'a': -1, 'b': LIMIT}",
        "def f(n):\n    return f(n - 1) if n else [k for k in range(n)]",
    ],
)
def test_what_stands_on_the_instructors_feet_is_given(text):
    scope = scope_of("from functools import cache\nLIMIT = 3\nPAIR = ('a', 'b')", text)
    assert text in scope.definitions


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return answer(x)",
        "def f(x=answer(1)):\n    return x",
        "class A(Student):\n    pass",
        "@answer\ndef f(x):\n    return x",
        "def f(x):\n    return g(x)\ndef g(x):\n    return answer(x)",
        "v = answer(3)",
        "v = [1, 2]",
        "v = print(1)",
        "v = {}\nv['a'] = 1",
        "v = {}\nv.update(a=1)",
        "v = 1\nv = 2",
        "class A:\n    pass\nA.x = 1",
        "for v in (1, 2):\n    pass",
    ],
)
def test_what_depends_on_the_student_or_changes_is_not_given(text):
    scope = scope_of(text, solution("def answer(x): return x\nclass Student: pass"))
    assert scope.definitions == ""


def test_a_name_that_a_solution_binds_too_is_not_given():
    assert scope_of("def f(): return 1", solution("def f(): return 2")).definitions == ""


def test_a_dataclass_without_holes_in_a_solution_cell_is_given():
    class_a = "@dataclass\nclass A:\n    x: int"
    class_b = "@dataclass\nclass B:\n    def f(self):\n        ### BEGIN SOLUTION\n        return 1"
    scope = scope_of(
        "from dataclasses import dataclass",
        solution(f"{class_a}\n\n\n{class_b}\n        ### END SOLUTION\n\n\ndef g(): return 1"),
    )
    assert scope.definitions == class_a


def test_only_names_bound_before_the_test_are_allowed():
    scope = scope_of("a = f()", solution("b = 1\nfor c in (): pass"), later=["d = 1"])
    assert scope.submission_names == ("a", "b", "c")


def test_a_name_that_a_function_makes_global_is_allowed():
    assert "total" in scope_of("def f():\n    global total\n    total = 1").submission_names


def test_names_of_earlier_tests_hold_until_a_cell_binds_them_anew():
    scope = scope_of(earlier_test("a = 1\nb = 2"), "b = 3")
    assert scope.earlier_test_names == ("a",) and "b" in scope.submission_names


def test_an_import_that_the_notebook_binds_anew_is_the_submissions():
    scope = scope_of("from math import log, pi", solution("def log(x): return 0"))
    assert scope.rebound_instructor_names == ("log",)


def test_an_import_repeated_in_an_answer_shadows_nothing():
    assert (
        scope_of("import numpy as np", solution("import numpy as np")).rebound_instructor_names
        == ()
    )


@pytest.mark.parametrize(
    ("later", "names"),
    [
        ("print(made)", ("made",)),
        ("made = 1\nprint(made)", ()),
        ("def f():\n    return made", ("made",)),
        ("made += 1", ("made",)),
        ("made = made + 1", ("made",)),
        ("for made in (1, 2):\n    print(made)", ()),
        ("print(other)", ()),
    ],
)
def test_what_a_test_makes_and_a_later_cell_reads_is_handed_on(later, names):
    assert scope_of(test="made = 1", later=[later]).exported_names == names


@pytest.mark.parametrize("text", ["%timeit f()", "!ls", "x = !ls", "%%time\nf()", "f?", "await g("])
def test_what_is_not_plain_python_is_said(text):
    assert scope_of(test=text).unfit_for_tester


@pytest.mark.parametrize(
    "text",
    [
        "np.random.seed(3)",
        "with warnings.catch_warnings(record=True) as seen:\n    f()",
        "with np.errstate(all='raise'):\n    f()",
        "axes = plt.gca()",
        "with redirect_stdout(out):\n    f()",
    ],
)
def test_a_test_about_its_whole_process_is_not_for_the_tester(text):
    assert scope_of(test=text).unfit_for_tester
    assert not scope_of(
        test="for seed in (1, 2):\n    f(np.random.default_rng(seed))"
    ).unfit_for_tester


def test_plain_python_is_not_called_magic():
    assert not scope_of(test="assert 7 % 2 == 1\nprint('%s!' % 3)").unfit_for_tester


def test_names_are_read_beside_magics():
    scope = scope_of("%matplotlib inline\nimport numpy as np\nfiles = !ls\nn = 3\n?n")
    assert set(scope.submission_names) == {"files", "n", "np"} and "numpy" in scope.imports


def test_a_cell_that_cannot_be_read_at_all_binds_nothing():
    assert scope_of("this is (not python", "a = f()").submission_names == ("a",)


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_given_code_of_every_notebook_runs_by_itself(path):
    for scope in read_scopes(cells.load(path)).values():
        exec(
            compile(f"{scope.imports}\n{scope.definitions}", "<given>", "exec"),
            {"__name__": "__main__"},
        )
        assert not scope.unfit_for_tester
        break


def test_a_test_never_sees_a_helper_that_leans_on_an_answer():
    code = read_scopes(cells.load(SOURCE / "01_tensor" / "01_tensor.ipynb"))["matmul"].definitions
    assert "def matmul_loops" in code and "class Function" not in code


HELPER = "def doubled(x):\n    return answer(x) + answer(x)"


def test_a_given_function_that_asks_the_answer_is_the_testers_own():
    scope = scope_of(
        solution("def answer(x):\n    return x"), HELPER, test="assert doubled(2) == 4"
    )
    assert scope.helpers == HELPER


def test_helpers_of_helpers_come_along_and_others_stay():
    scope = scope_of(
        solution("def answer(x):\n    return x"),
        HELPER,
        "def fourfold(x):\n    return 2 * doubled(x)",
        "def unused(x):\n    return answer(x)",
        test="assert fourfold(1) == 4",
    )
    assert "def doubled" in scope.helpers and "def fourfold" in scope.helpers
    assert "def unused" not in scope.helpers


@pytest.mark.parametrize(
    "text",
    [
        "def doubled(x, y=answer(1)):\n    return answer(x) + y",
        "@answer\ndef doubled(x):\n    return x",
        "def doubled(x):\n    return answer(x)\n\n\ndef doubled(x):\n    return 2 * answer(x)",
        "doubled = answer",
        "class doubled(answer):\n    pass",
    ],
)
def test_what_needs_the_answer_to_be_defined_is_the_submissions(text):
    scope = scope_of(solution("def answer(x):\n    return x"), text, test="assert doubled(2) == 4")
    assert scope.helpers == ""
    assert "doubled" in scope.submission_names


def test_a_function_of_a_solution_cell_is_no_helper():
    two_functions = solution(
        "def answer(x):\n    return x\ndef doubled(x):\n    return 2 * answer(x)"
    )
    assert scope_of(two_functions, test="assert doubled(2) == 4").helpers == ""


def test_a_prelude_is_what_earlier_tests_bind_and_this_one_reads():
    notebook_cells = [
        cell("def f(): return 1", "solution", "answer"),
        cell("import math\nused, other = math.pi, 2\nassert f() == 1", "test", "first"),
        cell("limit = used + 1\nf()", "test", "second"),
        cell("assert f() < limit", "test", "third"),
    ]
    preludes = read_preludes({"cells": notebook_cells})
    assert preludes["first"] == ""
    assert preludes["third"].splitlines() == [
        "import math",
        "used, other = (math.pi, 2)",
        "limit = used + 1",
    ]


def test_what_a_cell_rebinds_is_not_in_a_prelude():
    notebook_cells = [
        cell("x = 1", "test", "first"),
        cell("x = 2"),
        cell("assert x", "test", "second"),
    ]
    assert read_preludes({"cells": notebook_cells})["second"] == ""
