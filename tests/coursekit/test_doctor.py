"""Each thing the doctor finds is a sentence with the fix in it."""

import json
import os
import sys

import pytest
from coursekit import doctor, workspace

SOUND = {
    "numpy": "2.0.2",
    "matplotlib": "3.10.0",
    "ipywidgets": "7.7.1",
    "click": "8.1.8",
    "threadpoolctl": "3.5.0",
}


def fixes(signs):
    return [sign.message for sign in signs if sign.level == "fix"]


def test_colabs_versions_are_sound():
    assert fixes(doctor.packages({**SOUND, "jupyterlab_widgets": "1.1.11"})) == []


def test_an_old_package_is_named_with_the_command():
    (message,) = fixes(doctor.packages({**SOUND, "numpy": "1.26.4"}))
    assert "numpy 1.26.4 is too old" in message
    assert f"{sys.executable} -m pip install 'numpy>=2.0'" in message


def test_a_missing_package_is_named():
    (message,) = fixes(doctor.packages({k: v for k, v in SOUND.items() if k != "matplotlib"}))
    assert message.startswith("matplotlib is not installed; 3.10 or newer is needed. Run: ")


def test_widgets_that_would_stay_empty_are_found():
    (message,) = fixes(
        doctor.packages({**SOUND, "ipywidgets": "8.1.5", "jupyterlab_widgets": "1.1.1"})
    )
    assert "ipywidgets 8.1.5 needs jupyterlab_widgets 3.x" in message


@pytest.mark.parametrize(
    ("version", "level"), [((3, 10), "fix"), ((3, 12), "fine"), ((3, 14), "fix")]
)
def test_only_the_supported_pythons_are_fine(version, level):
    assert doctor.python_version(version).level == level


def test_a_full_disk_is_found():
    assert "Only 12 MB of disk are free" in doctor.disk(12_000_000).message


def test_a_port_that_may_not_be_opened_is_found(tmp_path):
    missing = str(tmp_path / "ttyACM0")
    (message,) = fixes(doctor.serial_ports([missing]))
    assert "sudo usermod -aG dialout $USER" in message


def test_a_folder_that_cannot_be_written_is_found(tmp_path):
    (message,) = fixes(doctor.writable(tmp_path / "gone"))
    assert "cannot be written to (No such file or directory)" in message


def test_colab_is_told_that_files_vanish():
    (sign,) = doctor.colab({"COLAB_RELEASE_TAG": "release-colab"})
    assert "files vanish when the session ends" in sign.message
    assert list(doctor.colab({})) == []


def test_a_notebook_that_lost_its_metadata_is_found(finished, place):
    for cell in finished["cells"]:
        cell["metadata"] = {}
    path = place(finished)
    (sign,) = doctor.notebooks(workspace.current(path.parent))
    assert "has lost its metadata" in sign.message


def test_outside_a_workspace_the_way_back_is_said(tmp_path):
    (sign,) = doctor.workspace_sign(workspace.current(tmp_path))
    assert "Change into the folder that the course's zip unpacked to" in sign.message


def test_everything_is_looked_at(finished, place):
    path = place(finished)
    signs = list(doctor.examine(workspace.current(path.parent), dict(os.environ)))
    assert json.dumps([sign.message for sign in signs])
    assert len(signs) >= 6


def test_what_a_lab_on_a_board_lacks_is_named_with_the_command(finished, place):
    path = place(finished)
    lab = path.parents[1] / "d01_connect"
    lab.mkdir()
    (lab / "d01_connect.ipynb").write_text("{}")
    (path.parents[1] / "student-1.whl").touch()
    space = workspace.current()
    (message,) = fixes(doctor.boards(space, ["numpy", "no-such-board"]))
    assert "d01_connect cannot start without no-such-board; nothing else needs them" in message
    assert "-m pip install './student-1.whl[boards]'" in message
    assert list(doctor.boards(space, ["numpy"])) == []


def test_the_extra_for_boards_is_read_from_the_requirements():
    requirements = ["numpy>=2.0", "pyserial>=3.5; extra == 'boards'", 'rich; extra == "grading"']
    assert doctor.needed_by_boards(requirements) == ["pyserial"]
