"""Every instructor's notebook runs in the page as notebooks.toml says, or stops where it says."""

import pytest
from chromium import chromium
from lite.errors import LiteError
from lite.trials import recorded
from lite_page import ROOT
from lite_tools import or_skipped
from notebook_trials import trial, trial_site

from autograder.settings.open_course import open_course

IDS = [row.id for row in open_course(ROOT).assignments if row.notebooks]
ON_RECORD = recorded()


@pytest.fixture(scope="module")
def site_of_all(tmp_path_factory):
    return or_skipped(lambda: trial_site(tmp_path_factory.mktemp("trials")))


def test_every_assignment_was_tried():
    assert sorted(ON_RECORD) == sorted(IDS)


def test_only_tools_that_cannot_be_installed_are_a_reason_to_skip():
    def fails(sentence):
        def make():
            raise LiteError(sentence)

        return make

    with pytest.raises(LiteError, match="did not build"):
        or_skipped(fails("JupyterLite did not build the site: no space."))
    with pytest.raises(pytest.skip.Exception, match="make lite"):
        or_skipped(fails("The tools of JupyterLite could not be installed: no network."))


def test_what_stops_says_why_in_a_sentence():
    reasons = [one.reason for one in ON_RECORD.values() if not one.runs]
    assert all(reason[0].isupper() and reason.endswith(".") for reason in reasons)


@pytest.mark.browser
@pytest.mark.slow  # half a minute for each
@pytest.mark.xdist_group("lite")
@pytest.mark.parametrize("name", IDS)
def test_a_notebook_ends_as_the_record_says(site_of_all, name):
    with chromium() as browser:
        ended = trial(browser, site_of_all, name)
    expected = ON_RECORD[name]
    assert (ended.cell, ended.error) == (expected.cell, expected.error)
