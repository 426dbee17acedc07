"""What `import autograder` offers: a course scripted in ten lines, and no cost before its use."""

import subprocess
import sys

from small_course import write_course

import autograder
from autograder import public

SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path

import autograder

course = autograder.open_course(Path(sys.argv[1]))
homework = course.assignment("functions")
autograder.release(course, homework, audited=False)
autograder.collect(course, homework, Path(sys.argv[2]), datetime.now(UTC))
grades = autograder.grade(course, homework)
pages = autograder.feedback(course, homework, grades)
print(autograder.export(grades))
print([page.name for page in pages])
"""


def run(*words):
    completed = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def test_ten_lines_take_a_class_from_release_to_marks(tmp_path):
    course = write_course(tmp_path / "course")
    handed_in = tmp_path / "inbox" / "ada" / "functions"
    handed_in.mkdir(parents=True)
    reference = course.source / "functions" / "functions.ipynb"
    (handed_in / "functions.ipynb").write_text(reference.read_text())
    printed = run("-c", SCRIPT, str(course.root), str(tmp_path / "inbox"))
    header, row = printed.splitlines()[:2]
    assert header.startswith("student,assignment,score,max_score")
    assert row.startswith("ada,functions,")
    assert ".html" in printed


def test_importing_it_imports_nothing_of_nbgrader_and_hooks_nothing():
    code = (
        "import sys; hooks = list(sys.meta_path); import autograder; "
        "assert sys.meta_path == hooks; "
        "print([n for n in sys.modules if n.startswith(('nbgrader', 'nbformat', 'sqlalchemy'))])"
    )
    assert run("-c", code) == "[]\n"


def test_each_offered_name_is_there_and_documented():
    assert sorted(autograder.__all__) == sorted(public.__all__)
    assert all(getattr(autograder, name).__doc__ for name in autograder.__all__)
    assert set(autograder.__all__) <= set(dir(autograder))
