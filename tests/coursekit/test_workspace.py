"""The student's folder: found from anywhere inside, and first on the import path."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from coursekit import use_workspace, workspace
from coursekit.syllabus import CourseError


def test_the_workspace_is_found_from_below(finished, place):
    path = place(finished)
    space = workspace.current(path.parent)
    assert (space.root, space.course, space.assignments) == (
        path.parents[1],
        "Test",
        ("01_tensor",),
    )
    assert space.notebooks("01_tensor") == [path]
    assert space.released("01_tensor") == ["01_tensor.ipynb"]


def test_the_students_own_tinytorch_comes_first(finished, place, monkeypatch):
    path = place(finished)
    monkeypatch.setattr(sys, "path", ["a", str(path.parents[1]), "b"])
    assert use_workspace() == path.parents[1]
    assert sys.path == [str(path.parents[1]), "a", "b"]


def test_in_the_repository_the_reference_is_used(monkeypatch):
    repository = Path(__file__).parents[2]
    monkeypatch.setattr(sys, "path", [])
    assert use_workspace(repository / "tests") == repository / "course"
    folder = workspace.current(repository).folder("01_tensor")
    assert folder == repository / "source" / "01_tensor"


def test_a_notebook_alone_is_its_own_workspace(tmp_path):
    (tmp_path / "01_tensor.ipynb").write_text("{}")
    space = workspace.current(tmp_path)
    assert not space.marked
    assert space.notebooks("01_tensor") == [tmp_path / "01_tensor.ipynb"]


def test_a_damaged_marker_is_a_sentence(tmp_path):
    (tmp_path / "workspace.toml").write_text("course = ")
    with pytest.raises(CourseError, match="is damaged"):
        workspace.current(tmp_path)


def test_writers_at_once_leave_one_whole_file(tmp_path):
    path = tmp_path / "state" / "x.json"
    values = [{"n": n, "pad": "x" * 5000} for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda value: workspace.write_json(path, value), values))
    assert workspace.read_json(path) in values
    assert [entry.name for entry in path.parent.iterdir()] == ["x.json"]
