"""The audit tells strong tests from weak ones, by forking and in kernels alike."""

import pytest
from small_course import PROOFS, save, source_notebook, write_course

from autograder import proofs
from autograder.model import CourseError
from autograder.releasing import trials
from autograder.releasing.audit import audit


def audited(root, proofs_text=PROOFS, change=None):
    course = write_course(root, proofs_text)
    if change:
        document = source_notebook()
        change({cell["id"]: cell for cell in document["cells"]})
        save(course.source / "functions" / "functions.ipynb", document)
    return audit(course, course.assignments[0])


def faults(result):
    return [f"{f.kind} {f.question}: {f.message}" for f in result.findings if not f.holds]


def test_strong_tests_hold(tmp_path):
    result = audited(tmp_path)
    assert result.holds, faults(result)
    assert [f.kind for f in result.findings].count("wrong") == 6


def test_a_test_that_sees_nothing_is_named(tmp_path):
    def weaken(cell):
        cell["double"]["source"] = "assert double(2) == 4"

    result = audited(tmp_path, change=weaken)
    assert not result.holds
    assert len(faults(result)) == 2
    assert all("wrong double: should lose points" in fault for fault in faults(result))


def test_a_test_that_a_stub_passes_is_named(tmp_path):
    def gift(cell):
        cell["square"]["source"] = "assert True"

    fault_list = faults(audited(tmp_path, change=gift))
    assert "untouched : should score 0, but earns points at: square" in fault_list


def test_a_reference_that_raises_where_nothing_is_graded_is_named(tmp_path):
    def look(cell):
        cell["square-solution"]["source"] += "\nundefined"

    fault_list = faults(audited(tmp_path, change=look))
    assert fault_list == [
        "reference : should run to its end, but cell 'square-solution' raises NameError: "
        "name 'undefined' is not defined"
    ]


def test_a_cell_that_says_it_raises_may_do_so(tmp_path):
    def look(cell):
        cell["square-solution"]["source"] += "\nundefined"
        cell["square-solution"]["metadata"]["tags"] = ["raises-exception"]

    assert audited(tmp_path, change=look).holds


def test_a_test_that_refuses_another_right_answer_is_named(tmp_path):
    def narrow(cell):
        cell["double"]["source"] += "\nassert 'x + x' in In[1] if 'In' in dir() else double.__doc__"

    fault_list = faults(audited(tmp_path, change=narrow))
    assert any(fault.startswith("right double: should keep every point") for fault in fault_list)


def catches(result):
    return {f.thought: f.visible for f in result.findings if f.kind == "wrong"}


def test_an_audit_says_which_mistakes_the_visible_asserts_alone_catch(tmp_path):
    result = audited(tmp_path)
    assert catches(result) == {
        "squares": False,
        "forgets to return": True,
        "takes the absolute value": False,
        "doubles": True,
        "keeps the sign": False,
        "cubes": True,
    }
    assert {f.visible for f in result.findings if f.kind != "wrong"} == {None}
    double = result.visible_catches(question="double")
    assert (double.caught, double.wrong) == (1, 3)
    assert result.visible_catches(notebook="functions").share == 0.5


def test_a_mistake_before_the_graded_cell_is_caught_where_that_cell_fails(tmp_path):
    proof = 'wrong("double", "another name", {"def double": "def twice"})\n'
    raises = 'wrong("double", "a cell that raises", {"return x + x": "return x + x\\n1 / 0"})\n'
    caught = catches(audited(tmp_path, PROOFS + proof + raises))
    assert caught["another name"] is True
    assert caught["a cell that raises"] is False


def test_a_test_cell_without_a_visible_part_catches_nothing(tmp_path):
    def hide(cell):
        begin, end = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
        cell["double"]["source"] = f"{begin}\nassert double(-3.5) == -7\n{end}"

    result = audited(tmp_path, change=hide)
    assert result.visible_catches(question="double").caught == 0


def test_too_few_proofs_do_not_hold(tmp_path):
    result = audited(tmp_path, PROOFS[: PROOFS.index('@wrong("square", "cubes")')])
    assert result.missing == (
        "'square' has 2 wrong and 0 right solutions among its proofs; it needs at least 3 and 1",
    )


def test_a_proof_of_a_cell_that_is_not_there_is_named(tmp_path):
    result = audited(tmp_path, PROOFS.replace('"square", "cubes"', '"cube", "cubes"'))
    assert any("'cube', which is no graded cell" in missing for missing in result.missing)


@pytest.mark.slow
def test_slots_and_kernels_find_the_same(tmp_path, monkeypatch):
    in_slots = audited(tmp_path / "slots")
    monkeypatch.setattr(trials, "LINUX", False)
    assert audited(tmp_path / "kernels").findings == in_slots.findings


def test_a_notebook_that_keeps_a_process_is_audited_all_the_same(tmp_path):
    def start(cell):
        cell["double-solution"]["source"] += (
            "\nimport subprocess, sys\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'])"
        )
        cell["square"]["source"] += "\nassert 'child' in dir()"

    result = audited(tmp_path, change=start)
    assert [f.message for f in result.findings if f.kind == "reference"] == [""]


def test_proofs_are_read_as_they_are_written(tmp_path):
    path = tmp_path / "p.py"
    path.write_text(PROOFS)
    multiplied = next(p for p in proofs.read(path) if p.is_right)
    assert multiplied.text == "# a comment stays\ndef double(x):\n    return 2 * x"


def test_a_proof_may_say_what_changes_in_the_reference(tmp_path):
    (tmp_path / "p.py").write_text('wrong("double", "squares", {"x + x": "x**2", "    ": "  "})')
    (squared,) = proofs.read(tmp_path / "p.py")
    assert squared.solution("def double(x):\n    return x + x") == "def double(x):\n  return x**2"


def test_changes_are_audited_as_whole_solutions_are(tmp_path):
    full_proof = '@wrong("double", "squares")\ndef _():\n    def double(x):\n        return x**2\n'
    assert full_proof in PROOFS
    changed = 'wrong("double", "squares", {"x + x": "x**2"})\n'
    result = audited(tmp_path, PROOFS.replace(full_proof, changed))
    assert result.holds, faults(result)
    assert result.findings == audited(tmp_path / "whole").findings


@pytest.mark.parametrize(("old", "times"), [("x * x", 0), ("x", 4)])
def test_a_change_of_what_does_not_stand_there_once_is_refused(tmp_path, old, times):
    proof = f'wrong("double", "squares", {{"{old}": "x**2"}})\n'
    with pytest.raises(CourseError, match=f"once, but stands there {times} times"):
        audited(tmp_path, PROOFS + proof)


ODD = (
    "@wrong()\ndef _():\n    pass",
    '@wrong("double")\ndef _():\n    pass',
    "@right(double, 'x')\ndef _():\n    pass",
    '@right("double", "x", {"a": "b"})\ndef _():\n    pass',
    'wrong("double", "x")',
    'wrong("double", "x", "a -> b")',
)


@pytest.mark.parametrize("text", ODD)
def test_a_proof_without_its_words_is_explained(tmp_path, text):
    path = tmp_path / "p.py"
    path.write_text(f"{text}\n")
    with pytest.raises(CourseError, match="needs the graded cell and what the student thought"):
        proofs.read(path)
