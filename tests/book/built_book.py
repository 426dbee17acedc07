"""The command that builds the book, run as a person runs it."""

import subprocess
import sys


def build_book(target, *words):
    """Runs the command that builds the book, as `make book` does."""
    command = [sys.executable, "-m", "book", "--target", str(target), *words]
    completed = subprocess.run(command, capture_output=True, text=True)
    assert completed.returncode == 0, completed.stdout[-3000:] + completed.stderr[-3000:]
