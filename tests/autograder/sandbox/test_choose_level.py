"""Which level of isolation is in force, what each says, and the command lines that start it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ordinary_user import HERE

from autograder.model import CourseError
from autograder.sandbox import bubblewrap, choose_level
from autograder.sandbox.levels import BUBBLEWRAP, LANDLOCK, LEVELS, NAMESPACES, NONE

VISIBLE = bubblewrap.VisiblePaths((*bubblewrap.system_paths(), *choose_level.sandbox_code_paths()))
LOOK = """
import json, os, sys
print(json.dumps({
    "there": [path for path in json.loads(sys.argv[1]) if os.path.exists(path)],
    "network": os.listdir("/sys/class/net") if os.path.exists("/sys") else [],
    "writes": os.access("/usr", os.W_OK) and os.statvfs("/usr").f_flag & os.ST_RDONLY == 0,
    "processes": len([p for p in os.listdir("/proc") if p.isdigit()]),
    "descriptor": os.read(int(sys.argv[2]), 5).decode(),
    "marked": os.environ.get("MARK"),
}))
"""


@pytest.fixture
def nothing_found_yet():
    choose_level.level_fault.cache_clear()
    yield
    choose_level.level_fault.cache_clear()


def test_the_strongest_level_is_the_first_that_has_been_built():
    works = [one for one in LEVELS if not choose_level.level_fault(one)]
    assert choose_level.strongest_level() is works[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the walls need Linux")
def test_a_level_that_does_not_work_here_says_why(nothing_found_yet, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert choose_level.level_fault(BUBBLEWRAP) == "bwrap is not installed"
    assert choose_level.strongest_level().behind_bubblewrap is False


def test_a_bwrap_that_fails_is_not_believed(nothing_found_yet, monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert choose_level.level_fault(BUBBLEWRAP) == "bwrap: No permissions to create a namespace"
    with pytest.raises(CourseError, match="isolation 'bubblewrap' does not work here: bwrap: No "):
        choose_level.require_level("bubblewrap", trust=False)


def test_off_linux_nothing_runs_unless_submissions_are_trusted(nothing_found_yet, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CourseError) as refused:
        choose_level.require_level(None, trust=False)
    assert "it needs Linux, this is darwin" in str(refused.value)
    assert "--trust-submissions" in str(refused.value)
    assert choose_level.require_level(None, trust=True) is NONE


def test_no_isolation_has_to_be_trusted():
    with pytest.raises(CourseError, match="--trust-submissions"):
        choose_level.require_level("none", trust=False)
    assert choose_level.require_level("none", trust=True) is NONE


def test_a_level_without_walls_says_that_it_has_none():
    with pytest.raises(CourseError, match="isolation 'none' has no walls, and submissions are not"):
        choose_level.require_level("none", trust=False)


def test_for_what_strangers_wrote_there_is_no_level_without_walls(monkeypatch):
    with pytest.raises(CourseError, match="no isolation called 'none'") as refused:
        choose_level.require_walls("none")
    assert "none" not in str(refused.value).partition("There is: ")[2]
    monkeypatch.setattr(choose_level, "strongest_level", lambda: NONE)
    with pytest.raises(CourseError, match="autograder olympics judge ENTRIES") as refused:
        choose_level.require_walls(None)
    assert "--trust-submissions" not in str(refused.value)


def test_trust_alone_does_not_take_a_wall_down():
    assert choose_level.require_level(None, trust=True) is choose_level.strongest_level()


def test_an_unknown_level_is_told_with_those_there_are():
    with pytest.raises(CourseError, match=r"no isolation called 'chroot'\. There is: bubblewrap, "):
        choose_level.require_level("chroot", trust=True)


def test_levels_are_names_and_sentences_that_differ():
    assert len({one.name for one in LEVELS}) == len({one.message for one in LEVELS}) == len(LEVELS)
    assert all(one.message.endswith(".") for one in LEVELS)


def test_without_bubblewrap_python_is_started_as_it_is():
    for one in (NAMESPACES, LANDLOCK, NONE):
        assert bubblewrap.command(one, ["python3", "x.py"], VISIBLE) == ["python3", "x.py"]


def test_behind_bubblewrap_the_course_is_not_there_and_descriptors_are(tmp_path):
    if choose_level.level_fault(BUBBLEWRAP):
        pytest.skip(f"{choose_level.level_fault(BUBBLEWRAP)}. Install bubblewrap")
    secrets = [str(tmp_path), str(HERE / "pyproject.toml"), "/etc/shadow", "/root/.ssh", "/var"]
    inner, ours = os.pipe()
    os.write(ours, b"hello")
    python = [sys.executable, "-c", LOOK, json.dumps(secrets), str(inner)]
    command = bubblewrap.command(BUBBLEWRAP, python, VISIBLE)
    environment = {"MARK": "kept"}
    completed = subprocess.run(command, pass_fds=[inner], env=environment, capture_output=True)
    os.close(inner)
    os.close(ours)
    findings = json.loads(completed.stdout)
    assert findings.pop("processes") <= 3
    assert findings == {
        "there": [],
        "network": [],
        "writes": False,
        "descriptor": "hello",
        "marked": "kept",
    }


def test_what_python_needs_is_no_home_and_no_course():
    paths = bubblewrap.system_paths()
    assert sys.prefix in paths
    assert not {str(HERE), str(HERE.parent), str(Path.home()), "/", "/etc"} & set(paths)


def test_packages_installed_beside_the_grader_are_found_but_not_the_grader(tmp_path, monkeypatch):
    for name in ("autograder", "exercise", "made_up-1.0.dist-info"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    listed = (
        "autograder/__init__.py,,",
        "exercise/__init__.py,,",
        "made_up-1.0.dist-info/RECORD,,",
    )
    (tmp_path / "made_up-1.0.dist-info" / "RECORD").write_text("\n".join(listed))
    (tmp_path / "made_up-1.0.dist-info" / "METADATA").write_text("Name: made-up\nVersion: 1.0\n")
    (tmp_path / "made_up-1.0.dist-info" / "__init__.py").unlink()
    monkeypatch.syspath_prepend(tmp_path)
    assert bubblewrap.distribution_packages("made-up") == (str(tmp_path / "exercise"),)
    assert bubblewrap.distribution_packages("never-installed") == ()
