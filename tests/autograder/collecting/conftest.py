"""A course that collects."""

from pathlib import Path

import pytest
from hand_in_files import make_course

from autograder.model import Course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course")
