"""A browser, and a course whose answers wait for marks."""

from collections.abc import Iterator

import pytest
from chromium import chromium
from playwright.sync_api import Browser
from review_course import STUDENTS, copy_course, write_course


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def original_course(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("c"), STUDENTS[:3])


@pytest.fixture
def course(original_course, tmp_path):
    return copy_course(original_course, tmp_path / "course")
