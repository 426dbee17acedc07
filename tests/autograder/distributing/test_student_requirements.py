"""What students install: the packages of the instructor's file, and nothing else that is in it."""

import pytest
import small_course
from hypothesis import given
from hypothesis import strategies as st
from small_course import code, notebook, save

from autograder.distributing.publish import publish
from autograder.distributing.student_requirements import without_comments
from autograder.model import CourseError
from autograder.releasing import release
from autograder.settings.open_course import open_course

PACKAGES = """\
# pw hunter2
numpy==1.26 # pw hunter2
   # an indented hunter2
nltk>=3.9; python_version < "3.13"\t# hunter2
scipy[test] >=1.11, \\
    <2
pandas==2.2.3 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
# pandas \\
tiny @ https://example.org/tiny-1.0.zip#sha256=cc
small @ git+https://example.org/small.git@v1
"""
STUDENT_LINES = [
    "jupyterlab>=4.4",
    "numpy==1.26",
    'nltk>=3.9; python_version < "3.13"',
    "scipy[test] >=1.11, <2",
    "pandas==2.2.3",
    "tiny @ https://example.org/tiny-1.0.zip#sha256=cc",
    "small @ git+https://example.org/small.git@v1",
]
REFUSED = {
    "--extra-index-url https://x:hunter2@example.org/simple": "'--extra-index-url' is an option",
    "--index-url=https://example.org/hunter2": "'--index-url' is an option",
    "-i https://example.org/hunter2": "'-i' is an option",
    "-f hunter2": "'-f' is an option",
    "-e ../hunter2": "'-e' installs a folder",
    "--editable=../hunter2": "'--editable' installs a folder",
    "-r ../../staff/hunter2.txt": "'-r' names another file",
    "-rhunter2.txt": "'-r' names another file",
    "-c hunter2.txt": "'-c' names another file",
    "numpy --config-settings=hunter2": "no package with its version",
    "foo @ git+https://x:hunter2@example.org/foo.git": "names a user or a password",
    "foo @ https://hunter2@example.org/foo.whl": "names a user or a password",
    "https://x:${hunter2}@example.org/foo.whl": "names a user or a password",
    "foo @ https://example.org/foo.whl?token=hunter2": "after '\\?'",
    "foo @ http://example.org/hunter2.whl": "not one with https://",
    "foo @ git+ssh://example.org/hunter2.git": "not one with https://",
    "foo @ file:///home/hunter2/foo.whl": "not one with https://",
    "foo @ ./hunter2.whl": "not one with https://",
    "foo @ https:///hunter2@example.org/foo.whl": "not one with https://",
    "foo @ https://[hunter2/foo.whl": "cannot be read",
    "./libs/hunter2.whl": "no package with its version",
    "libs/hunter2.whl": "no package with its version",
    "hunter2.whl": "a file of yours",
    "hunter2.tar.gz": "a file of yours",
    "https://example.org/hunter2.whl": "no package with its version",
    "the password is hunter2": "no package with its version",
}


def course_with_requirements(root, text, beside=False):
    """A released course whose instructor has such a requirements.txt."""
    save(root / "source" / "words" / "words.ipynb", notebook(code("imports", "import re")))
    course = small_course.write_course(root)
    path = (course.source / "words" if beside else root) / "requirements.txt"
    path.write_text(text, encoding="utf-8")
    course = open_course(root)
    for row in course.assignments:
        release.write(course, row, course.release / row.id)
    return course, path


def all_bytes(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("beside", [False, True])
def test_packages_are_taken_and_comments_stay_with_the_instructor(tmp_path, beside):
    course, _ = course_with_requirements(tmp_path / "course", PACKAGES, beside)
    folder = publish(course, tmp_path / "out").paths[0]
    lines = (folder / "requirements.txt").read_text().splitlines()
    # numpy is of another assignment
    assert [line for line in lines if line != "numpy"] == STUDENT_LINES
    assert b"hunter2" not in all_bytes(folder)
    copy = folder / "words" / "requirements.txt"
    assert copy.is_file() == beside
    if beside:
        assert copy.read_text().splitlines() == STUDENT_LINES[1:]


@pytest.mark.parametrize("line", REFUSED)
def test_a_line_that_is_no_package_for_students_is_refused_with_its_place(tmp_path, line):
    course, path = course_with_requirements(tmp_path / "course", f"# packages\nnumpy\n{line}\n")
    with pytest.raises(CourseError, match=REFUSED[line]) as error:
        publish(course, tmp_path / "out")
    sentence = str(error.value)
    assert sentence.startswith(f"{path}, line 3: ")
    assert "take the line out of there, or write what they install into " in sentence
    assert "hunter2" not in sentence, "a terminal is shared, and a log is kept"
    assert not (tmp_path / "out").exists()


def test_a_list_for_students_beside_the_notebooks_comes_before_that_of_the_staff(tmp_path):
    course, path = course_with_requirements(tmp_path / "course", "-r staff.txt\n")
    for row in course.assignments:
        (course.source / row.id / "requirements.txt").write_text("nltk\n")
    folder = publish(course, tmp_path / "out").paths[0]
    assert path.is_file()
    assert (folder / "requirements.txt").read_text().splitlines() == ["jupyterlab>=4.4", "nltk"]


def test_a_dependency_with_a_password_in_pyproject_is_refused(tmp_path):
    course, _ = course_with_requirements(tmp_path / "course", "numpy\n")
    (course.root / "pyproject.toml").write_text(
        '[project]\nname = "small"\ndependencies = ["foo @ https://x:hunter2@example.org/f.whl"]\n'
    )
    with pytest.raises(CourseError, match=r"pyproject\.toml: the address names a user") as error:
        publish(open_course(course.root), tmp_path / "out")
    assert "hunter2" not in str(error.value)


def test_a_file_in_utf_16_is_refused_and_a_byte_order_mark_is_not(tmp_path):
    course, path = course_with_requirements(tmp_path / "course", "\ufeffnumpy\n")
    folder = publish(course, tmp_path / "out").paths[0]
    assert "numpy" in (folder / "requirements.txt").read_text().splitlines()
    path.write_text("numpy\n", encoding="utf-16")
    with pytest.raises(CourseError, match="is not in UTF-8"):
        publish(course, tmp_path / "again")


@given(st.text(alphabet="ab #\\\t", max_size=12).map(str.rstrip) | st.just(""), st.data())
def test_lines_are_joined_and_comments_end_as_in_pip(first, data):
    pip = pytest.importorskip("pip._internal.req.req_file")
    later_lines = data.draw(st.lists(st.text(alphabet="ab #\\\t", max_size=8), max_size=4))
    lines = [first, *later_lines]
    expected = [(number, text.strip()) for number, text in pip.preprocess("\n".join(lines))]
    assert list(without_comments(lines)) == [row for row in expected if row[1]]
