"""nbgrader's configuration, read without nbgrader, says what nbgrader would say."""

import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from nbgrader.apps import NbGrader
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import InstantiateTests, SaveCells
from small_course import write_course

from autograder.settings import nbgrader_config, nbgrader_strip

CONFIGS = {
    "none": "",
    "empty": "c = get_config()\n",
    "places": (
        "c = get_config()\n"
        "c.CourseDirectory.source_directory = 'instructor'\n"
        "c.CourseDirectory.submitted_directory = 'handed/in'\n"
        "c.CourseDirectory.db_url = 'postgresql://localhost/marks'\n"
        "c.CourseDirectory.course_id = 'mlsys '\n"
    ),
    "ignored": "c = get_config()\nc.CourseDirectory.ignore.append('*.log')\n",
    "outdated": "c = get_config()\nc.NbGrader.course_id = 'old'\nc.NbGrader.ignore = ['*.tmp']\n",
    "outdated exchange": "c = get_config()\nc.Exchange.course_id = 'old'\n",
    "beside it": "import os\nc = get_config()\nc.CourseDirectory.course_id = os.getcwd()[-5:]\n",
}
BESIDE = ("numbers.csv", "a.tmp", "b.log", "c.pyc", "feedback/d.txt", "data/e.csv")
PLACES = ("source", "release", "submitted", "autograded", "feedback")


@pytest.fixture(params=CONFIGS)
def root(tmp_path, request, monkeypatch):
    """A course root with one of the configurations; nobody's own Jupyter settings are read."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    folder = tmp_path / "course"
    folder.mkdir()
    if CONFIGS[request.param]:
        (folder / "nbgrader_config.py").write_text(CONFIGS[request.param])
    monkeypatch.chdir(folder)
    return folder


def stock(root):
    """The folders of nbgrader's own application, started in the root."""
    app = NbGrader()
    app.load_config_file()
    app.config.CourseDirectory.root = str(root)
    return CourseDirectory(config=app.config)


def test_places_and_names_are_those_of_nbgrader(root):
    ours, theirs = nbgrader_config.folders(root), stock(root)
    assert {p: getattr(ours, p) for p in PLACES} == {
        p: root / getattr(theirs, f"{p}_directory") for p in PLACES
    }
    assert ours.db_url == theirs.db_url
    assert ours.course_id == theirs.course_id


def test_what_is_copied_beside_a_notebook_is_what_nbgrader_copies(root):
    course = write_course(root.parent / "files")
    (course.root / "nbgrader_config.py").unlink()
    for config in root.iterdir():
        shutil.copy(config, course.root)
    for name in BESIDE:
        path = course.source / "functions" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1")
    ignored = stock(root).ignore
    paths = nbgrader_config.support_files(course, course.assignments[0])
    assert {str(path) for path in paths} == {
        name
        for name in BESIDE
        if not any(fnmatch(part, one) for part in Path(name).parts for one in ignored)
    }


def test_a_setting_in_jupyters_own_folder_counts_until_the_course_says_otherwise(
    tmp_path, monkeypatch
):
    (tmp_path / "jupyter").mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    theirs = "c = get_config()\nc.CourseDirectory.{} = 'theirs'\n"
    (tmp_path / "jupyter" / "nbgrader_config.py").write_text(
        theirs.format("course_id") + theirs.format("release_directory")
    )
    (tmp_path / "nbgrader_config.py").write_text("c.CourseDirectory.course_id = 'ours'\n")
    folders = nbgrader_config.folders(tmp_path)
    assert (folders.course_id, folders.release.name) == ("ours", "theirs")


def test_a_release_takes_nbgraders_steps_in_nbgraders_order():
    first, *later_steps = nbgrader_strip.steps_before_saving()
    ours = [first, InstantiateTests, *later_steps, SaveCells, *nbgrader_strip.steps_after_saving()]
    assert list(GenerateAssignment().preprocessors) == ours
