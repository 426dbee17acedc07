"""Commands start fast, and the packages that are opened leanly are the packages they were."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, write_course

from autograder.commands import lean_imports

ROOT = Path(__file__).parents[3]
HEAVY = ("nbformat", "nbconvert", "nbgrader", "nbclient", "sqlalchemy", "otter", "IPython")


def python(program, *words):
    command = [sys.executable, "-W", "ignore", "-c", program, *words]
    completed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout.splitlines()[-1])


LOADED = f"""
import contextlib, json, sys
from autograder.commands.cli import main
with contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(json.dumps([name for name in {HEAVY} if name in sys.modules]))
"""


def test_help_and_a_course_at_a_glance_load_no_foreign_system(tmp_path):
    course = write_course(tmp_path)
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    assert python(LOADED, "--help") == []
    assert python(LOADED, "status", "--course", str(tmp_path)) == []
    assert python(LOADED, "export", "functions", "--course", str(tmp_path)) == []


def test_a_release_without_audit_loads_neither_a_kernel_nor_the_gradebook(tmp_path):
    write_course(tmp_path)
    loaded = python(LOADED, "release", "functions", "--no-audit", "--course", str(tmp_path))
    assert loaded == ["nbformat", "nbconvert", "nbgrader"]


NAMES = """
import importlib, json, sys
if sys.argv[1] == "lean":
    from autograder.commands import lean_imports
    lean_imports.install()
else:
    sys.modules["rfc3987_syntax"] = None
package = importlib.import_module(sys.argv[2])
names = json.loads(sys.argv[3]) or list(package.__all__ if hasattr(package, "__all__") else ())
def shown(value):
    return f"{getattr(value, '__module__', '')} {getattr(value, '__qualname__', repr(value))}"
print(json.dumps({name: shown(getattr(package, name)) for name in names}))
"""
CHECKED_NAMES = {
    "nbconvert": ["__version__", "HTMLExporter", "get_exporter", "version_info"],
    "nbconvert.filters": ["markdown2html", "ansi2html", "strip_files_prefix"],
    "nbgrader": ["__version__", "_jupyter_server_extension_points"],
}


@pytest.mark.slow
@pytest.mark.parametrize("package", lean_imports.PACKAGES)
def test_every_name_of_a_lean_package_is_the_one_of_the_real_package(package):
    names = json.dumps(CHECKED_NAMES.get(package, []))
    assert python(NAMES, "lean", package, names) == python(NAMES, "real", package, names)


def test_a_name_that_nobody_has_is_an_error_in_python_s_words():
    program = """
import json
from autograder.commands import lean_imports
lean_imports.install()
import nbgrader
try:
    nbgrader.nobody
except AttributeError as fault:
    print(json.dumps(str(fault)))
"""
    assert python(program) == "module 'nbgrader' has no attribute 'nobody'"
