"""What a forked copy shares with its original, or lacks: files, positions in open files, threads.

A test that waits for the end of the run finds them as the last cell left them. So where they are
others by then, a test that failed may have failed for that alone.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from autograder.sandbox.inside.shell.descriptors import THREAD

MAX_FILES = 5000
STDERR = 2
NOT_THE_SUBMISSIONS = ("/dev/", f"{sys.prefix}/", f"{sys.base_prefix}/")
OPEN_FILES = "/proc/self/fd"
SharedState = tuple[tuple[str, int, int], ...]


def shared_state() -> SharedState:
    """(name, size, time of change) of the files in the working folder, (name, position, 0) of those
    that are open, but for files of installed packages: Matplotlib reads on in its fonts with each
    figure, which is no answer's doing."""
    return (*_files(), *_positions())


def has_threads() -> bool:
    """Whether the submission has threads of its own: a copy will not have them."""
    names = [thread.name for thread in threading.enumerate()]
    return len(names) - names.count(THREAD) > 1


def _files() -> Iterator[tuple[str, int, int]]:
    paths = (f"{at}/{name}" for at, _, names in os.walk(".") for name in sorted(names))
    for path in islice(paths, MAX_FILES):
        with suppress(OSError):
            file_status = os.lstat(path)
            yield path, file_status.st_size, file_status.st_mtime_ns


def _positions() -> Iterator[tuple[str, int, int]]:
    for number in sorted(os.listdir(OPEN_FILES)):  # noqa: PTH208  (a Path for each costs more)
        with suppress(OSError):  # of a terminal, say, which has none; the folder itself is closed
            name = os.readlink(f"{OPEN_FILES}/{number}")  # noqa: PTH115
            is_file = name.startswith("/") and not name.startswith(NOT_THE_SUBMISSIONS)
            if int(number) > STDERR and is_file:
                yield name, os.lseek(int(number), 0, os.SEEK_CUR), 0
