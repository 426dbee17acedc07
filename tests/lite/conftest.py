"""One site for all tests of the course in the browser."""

import pytest
from lite.build import build
from lite_page import ROOT
from lite_tools import or_skipped

from autograder.distributing.publish import publish
from autograder.settings.open_course import open_course


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site as `make lite` makes it; skipped where JupyterLite's tools cannot be installed."""
    folder = tmp_path_factory.mktemp("lite")
    students = publish(open_course(ROOT), folder / "published").paths[0]
    or_skipped(lambda: build(students, folder / "site"))
    return folder / "site"
