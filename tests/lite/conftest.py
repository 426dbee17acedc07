"""One site for all tests of the course in the browser."""

import pytest
from lite.build import build
from lite.errors import LiteError
from lite_page import ROOT

from autograder.distributing.publish import publish
from autograder.settings.open_course import open_course


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site as `make lite` makes it; skipped where JupyterLite's tools cannot be installed."""
    folder = tmp_path_factory.mktemp("lite")
    students = publish(open_course(ROOT), folder / "published").paths[0]
    try:
        build(students, folder / "site")
    except LiteError as error:
        if "could not be installed" in str(error):
            pytest.skip(f"{error} Install them: make lite")
        raise
    return folder / "site"
