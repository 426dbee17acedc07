"""Which assignments were walked as they are now: audited, and their reference run to its end.

`walked.json` holds a digest per assignment of all that the walk rests on: its notebook and proofs,
and the packages it imports. `make test` walks what has changed since; `make test-all` walks every
one. Run `make walked` to walk what changed and write the digests down.
"""

import json
import subprocess
import sys
from pathlib import Path

from autograder.model import Assignment, Course
from autograder.releasing.audit import subject_digest
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[1]
LEDGER = Path(__file__).with_name("walked.json")


def unchanged(course: Course, assignment: Assignment) -> bool:
    """Whether it was walked as it is now."""
    ledger = json.loads(LEDGER.read_text()) if LEDGER.exists() else {}
    return ledger.get(assignment.id) == subject_digest(course, assignment)


def main() -> int:
    """Walks what changed, then writes the ledger; the exit code of pytest."""
    course = open_course(ROOT)
    left = "not slow"  # what is unchanged is marked slow
    tests = ["tests/test_notebooks.py", "-n", "2", "--dist", "worksteal", "-m", left]
    code = subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=ROOT).returncode
    if code == 0:
        rows = {a.id: subject_digest(course, a) for a in course.assignments}
        LEDGER.write_text(json.dumps(rows, indent=1) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
