"""nbgrader's settings for this course: the repository root is the course root."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "mlsys"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc*", "__pycache__", "*.record.jsonl"]
c.CourseDirectory.ignore += ["grade.json", ".pytest_cache"]
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}

# nbgrader makes a gradebook by calling a bare `alembic`: it must be found without activation.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
