"""The book, built once for all tests of a worker."""

import pytest
from built_book import build_book


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site in English and what it carries, built once."""
    target = tmp_path_factory.mktemp("book")
    build_book(target, "--only-site", "--language", "en")
    return target


@pytest.fixture(scope="session")
def book(site):
    """All forms of the book in all languages, beside the site."""
    build_book(site)
    return site


def pytest_collection_modifyitems(items):
    """What needs the built site runs on one worker, which builds it once."""
    for item in items:
        if {"site", "book", "chinese"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("site"))
