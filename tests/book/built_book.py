"""The command that builds the book, run as a person runs it."""

import subprocess
import sys


def made(target, *words):
    """Runs the command that builds the book, as `make book` does."""
    command = [sys.executable, "-m", "book", "--target", str(target), *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
