"""What a submission can do beside an unpacked autograder.zip: run as a script of its own, with the
bundle, Python and what is installed importable, and nothing that a development install adds.

    python -I -S unpacked_bundle.py names FOLDER INSTALLED    the names of every module
    python -I -S unpacked_bundle.py score FOLDER INSTALLED    points after the cells of stdin

Both answer in JSON."""

import importlib
import json
import os
import sys
from pathlib import Path

PLACES = ("files", "tests")


def modules(folder):
    """Every module of the bundle by name: of its packages, single files and tests."""
    for root in (folder / place for place in PLACES):
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names(folder):
    """Module -> its public and private names; a module that cannot be imported ends the script."""
    return {name: sorted(vars(importlib.import_module(name))) for name in modules(folder)}


def score(folder, texts):
    """Points by question after these cells have run, whatever they raise."""
    from IPython.core.interactiveshell import InteractiveShell
    from otter.test_files import ExceptionTestFile

    shell = InteractiveShell.instance()
    for text in texts:
        shell.run_cell(text)
    points = {}
    for path in sorted((folder / "tests").glob("*.py")):
        question = ExceptionTestFile.from_file(str(path))
        question.run(shell.user_ns)
        points[question.name] = question.score
    return points


def main(verb, folder, installed):
    sys.path[:0] = [str(folder / place) for place in PLACES]
    sys.path.append(installed)
    os.chdir(folder / "files")
    texts = json.load(sys.stdin) if verb == "score" else ()
    stdout, sys.stdout = sys.stdout, sys.stderr
    answer = score(folder, texts) if verb == "score" else names(folder)
    json.dump(answer, stdout)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
