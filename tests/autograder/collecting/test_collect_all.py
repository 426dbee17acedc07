"""Every assignment of the course is collected from the downloads of the learning platforms."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.collecting.collect import collect
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
COURSE = open_course(ROOT)
ASSIGNMENTS = {assignment.id: assignment for assignment in COURSE.assignments}
LAYOUTS = {
    "canvas": ("ada_5000_95000_{id}.ipynb", "blaise_5001_95001_{id}.ipynb"),
    "moodle": (
        "ada_5000_assignsubmission_file_/{id}.ipynb",
        "blaise_5001_assignsubmission_file_/{id}.ipynb",
    ),
}


@pytest.mark.parametrize("platform", LAYOUTS)
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_what_was_handed_in_arrives_whole(name, platform, tmp_path):
    course = replace(COURSE, root=tmp_path, submitted=tmp_path / "submitted")
    data = (COURSE.release / name / f"{name}.ipynb").read_bytes()
    inbox = tmp_path / "download.zip"
    with zipfile.ZipFile(inbox, "w") as archive:
        for member in LAYOUTS[platform]:
            archive.writestr(member.format(id=name), data)
    collected = collect(course, ASSIGNMENTS[name], inbox, datetime.now(UTC))
    assert [one.student for one in collected.submissions] == ["ada_5000", "blaise_5001"]
    assert collected.rejected == ()
    for student in ("ada_5000", "blaise_5001"):
        path = course.submitted / student / name / f"{name}.ipynb"
        assert path.read_bytes() == data
