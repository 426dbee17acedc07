"""Courses through nbgrader and ours: which marks differ, what is printed, with what exit code."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_course import code, notebook, save

FOLDER = Path(__file__).parents[1] / "benchmarks"
SOLUTION = "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
OUTSIDE = "### BEGIN SOLUTION\nanswer = int(open({path!r}).read())\n### END SOLUTION"


@pytest.fixture
def courses(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import courses

    return courses


@pytest.fixture
def pair(courses):
    return courses.MarkPair("hw", "reference", "hw", "answer", out_of=2.0, stock=2.0, ours=2.0)


@pytest.fixture
def stage(courses):
    import two_tools

    return two_tools.Stage("hw", "grade", "autograder", "autograder grade hw", 1.0, 2.0, 0, "")


def two_cells(root, solution=SOLUTION):
    test = code("answer", "assert answer == 42", grade=True, locked=True, points=2)
    document = notebook(code("solution", solution, solution=True), test)
    save(root / "source" / "hw" / "hw.ipynb", document)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    return root


def run(courses, *words):
    return CliRunner().invoke(courses.main, [str(word) for word in words])


def test_a_mark_is_worse_where_points_are_missing_and_flagged_where_one_tool_asks_a_person(pair):
    assert pair.verdict == "equal"
    assert replace(pair, ours=1.0).verdict == "worse"
    assert replace(pair, ours=None, stock=0.0).verdict == "worse"
    assert replace(pair, stock=1.0).verdict == "better"
    assert replace(pair, our_review=True).verdict == "review"


def test_a_comparison_holds_while_the_reference_loses_nothing(courses, pair):
    def holds(*pairs):
        return courses.Comparison("c", (), pairs, ()).holds

    assert holds(pair)
    assert holds(replace(pair, student="ada", ours=0.0))
    assert not holds(replace(pair, ours=1.0))


def test_a_stage_may_fail_only_where_it_fails_in_nbgrader_too(courses, stage):
    def holds(*stages):
        return courses.Comparison("c", (), (), stages).holds

    stock = replace(stage, tool="nbgrader", command="nbgrader autograde hw")
    assert holds(stock, stage)
    assert not holds(stock, replace(stage, exit_code=1))
    assert not holds(stock, replace(stage, exit_code=None))
    assert holds(replace(stock, exit_code=1), replace(stage, exit_code=1))


def test_a_report_names_the_cell_both_marks_and_our_message(courses, pair, stage):
    pairs = (replace(pair, ours=0.5, our_review=True, message="a | b"),)
    stock = replace(stage, tool="nbgrader", wall_s=4.0)
    failure = replace(stage, exit_code=None, last_lines="the end")
    hand_ins = (("hw", "reference"), ("hw", "ada"))
    course = courses.Comparison("c", hand_ins, pairs, (stock, failure))
    page = courses.report(course)
    assert "| hw | reference | 2 | 0.5, to review | 2 |\n| hw | ada | none | none | 0 |" in page
    assert "| hw | reference | hw/answer | 2 | 0.5, to review | 2 | a \\| b |" in page
    assert "| hw | grade | 4.00 | 1.00, stopped | 0.25 | 2.00 | 2.00 | 1.00 |" in page
    assert "`autograder grade hw` was stopped after 1 s. Its last lines:\n\n    the end" in page
    assert courses.summary(course) == (
        "c: marks 0 equal, 0 better, 1 worse; 0.25 of nbgrader's time, 1.00 of its CPU time. "
        "the reference loses 1; `autograder grade hw` failed"
    )


def test_a_command_is_stopped_at_its_limit(courses, tmp_path):
    import two_tools

    course = courses.open_course(two_cells(tmp_path))
    stage = two_tools.run("python -c input()or+1", course, "hw", "grade", 60.0)
    assert (stage.exit_code, "EOFError" in stage.last_lines) == (1, True)
    stage = two_tools.run("python -m http.server 0 -b 127.0.0.1", course, "hw", "grade", 0.5)
    assert stage.exit_code is None


@pytest.mark.parametrize(
    ("names", "words", "sentence"),
    [
        ((), (), "is no nbgrader course: it has no nbgrader_config.py."),
        (("nbgrader_config.py",), (), "is no course: a folder source/"),
        (("nbgrader_config.py", "source/"), (), "has no assignment with a notebook in source/."),
        (("nbgrader_config.py", "source/"), ("--assignment", "x"), "has no assignment x in"),
    ],
)
def test_a_folder_that_is_no_course_is_a_sentence(courses, tmp_path, names, words, sentence):
    for name in names:
        path = tmp_path / name
        path.mkdir() if name.endswith("/") else path.touch()
    result = run(courses, tmp_path, *words)
    assert (result.exit_code, sentence in result.output) == (2, True)


def test_a_students_folder_of_a_made_up_name_is_refused(courses, tmp_path):
    (two_cells(tmp_path) / "submitted" / "untouched").mkdir(parents=True)
    result = run(courses, tmp_path)
    assert (result.exit_code, "Rename the folder" in result.output) == (2, True)


def test_a_copy_is_written_to_whatever_its_configuration_names(courses, tmp_path):
    import two_tools

    original = two_cells(tmp_path / "original")
    config = f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{original}/gradebook.db'\n"
    config += f"c.CourseDirectory.root = {str(original)!r}"
    (original / "nbgrader_config.py").write_text(config)
    copies = two_tools.make_copies(original, tmp_path / "copies", 60.0, ())
    for course in (copies.stock, copies.ours):
        assert tmp_path / "copies" in course.root.parents
        assert course.db_url == f"sqlite:///{course.root}/gradebook.db"
    assert (original / "nbgrader_config.py").read_text() == config


@pytest.mark.slow
def test_a_reference_that_loses_with_ours_is_named_and_is_a_failure(courses, tmp_path):
    (tmp_path / "answer.txt").write_text("42")  # outside the course, so outside the walls
    solution = OUTSIDE.format(path=str(tmp_path / "answer.txt"))
    original, file = two_cells(tmp_path / "tiny", solution), tmp_path / "results.json"
    before = sorted(path for path in original.rglob("*"))
    result = run(courses, original, "--json", file)
    assert result.exit_code == 1, result.output
    assert "| hw | reference | 2 | 0 | 2 |\n| hw | untouched | 0 | 0 | 2 |" in result.output
    assert "| hw | reference | hw/answer | 2 | 0 | 2 | " in result.output
    assert "tiny: marks 1 equal, 0 better, 1 worse;" in result.output
    assert "the reference loses 1" in result.output.splitlines()[-1]
    (course,) = json.loads(file.read_text())
    assert [mark["verdict"] for mark in course["marks"]] == ["worse", "equal"]
    assert sorted(path for path in original.rglob("*")) == before
