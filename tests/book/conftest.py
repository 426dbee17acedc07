"""The book, built once for all tests of a worker."""

import pytest
from built_book import made


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site and what it carries, built once."""
    target = tmp_path_factory.mktemp("book")
    made(target, "--only-site")
    return target


@pytest.fixture(scope="session")
def book(site):
    """All forms of the book, beside the site."""
    made(site)
    return site
