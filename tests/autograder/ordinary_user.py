"""`python ordinary_user.py COMMAND…`: root runs a command as nobody, who can read this Python.

Where a folder on the way to this Python or this repository is closed to others (/root often is),
an open one covers it, for this command only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NOBODY = 65534
HERE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE))

from autograder.sandbox.inside.walls import syscalls  # noqa: E402


def closed_parent(path):
    """The topmost folder above `path` that others may not enter, if any."""
    parents = reversed(path.parents)
    return next((p for p in parents if not p.stat().st_mode & 1), None)


def open_the_ways(paths):
    """Copies first: what covers the way to one path may hide another."""
    closed = {path: closed_parent(path) for path in paths}
    trees = {path: syscalls.copy_tree(str(path), 0) for path in paths if closed[path]}
    for parent in {parent for parent in closed.values() if parent}:
        syscalls.mount("tmpfs", str(parent), 0, "mode=755")
    for path, tree in trees.items():
        path.mkdir(parents=True, exist_ok=True)
        syscalls.attach(tree, str(path))


def main(command):
    syscalls.unshare(syscalls.NEW_NS)
    syscalls.make_private("/")
    open_the_ways({HERE, Path(sys.prefix), Path(sys.base_prefix)})
    os.chdir("/")
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
