"""What the tests of the Olympics share: a pool of slots, a machine, a schedule of seeds."""

import pytest
from olympics.entry import entry_sha256
from olympics.machine import calibrate

from autograder.olympics.seeds import Schedule
from autograder.olympics.timing import judged_run
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.levels import NONE
from autograder.sandbox.pool import Pool, Warm

SECRET = b"a secret of the tests, long enough"


@pytest.fixture(scope="session")
def level():
    strongest = strongest_level()
    if strongest is NONE:
        pytest.skip("no wall can be built here")
    return strongest


@pytest.fixture(scope="session")
def machine():
    return calibrate()


@pytest.fixture(scope="session")
def pool(level):
    with Pool(level, Warm((), ("numpy",))) as opened:
        yield opened


@pytest.fixture
def judged(pool, machine):
    """A function that judges one run of an entry of Framework Sprint in the shared pool."""

    def run(entry, number=1):
        schedule = Schedule(SECRET, "test", entry.event)
        return judged_run(pool, entry, entry_sha256(entry), number, schedule, machine)

    return run
