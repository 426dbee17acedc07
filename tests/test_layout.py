"""The architecture: who may import whom. The table is the law; the code is held to it."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "tinytorch": ROOT / "course" / "tinytorch",
    "perfsim": ROOT / "course" / "perfsim",
    "coursekit": ROOT / "course" / "coursekit",
    "appeals": ROOT / "course" / "appeals",
    "hardware_labs": ROOT / "hardware_labs",
    "olympics": ROOT / "course" / "olympics",
    "autograder": ROOT / "autograder",
    "book": ROOT / "course" / "book",
    "lite": ROOT / "course" / "lite",
}
MAY_IMPORT = {
    "tinytorch": set(),
    "perfsim": {"tinytorch"},
    "hardware_labs": {"tinytorch"},
    "olympics": {"tinytorch", "hardware_labs"},
    "coursekit": set(),
    "appeals": {"coursekit"},
    "autograder": {"olympics"},
    "book": {"coursekit", "perfsim"},
    "lite": {"coursekit"},
}
# The rooms of autograder in order of dependence: a room imports from those above it in this table.
AUTOGRADER = (
    "model",
    "files",
    "write_ahead_log",
    "proofs",
    "notebook",
    "settings",
    "sandbox",
    "gradebook",
    "sanitizing",
    "collecting",
    "roster",
    "grading",
    "releasing",
    "distributing",
    "reporting",
    "authoring",
    "review",
    "reports",
    "similarity",
    "olympics",
    "public",
    "commands",
    "demo",
)
DOORS = {
    "nbgrader": {
        "autograder/settings/nbgrader_config.py",
        "autograder/settings/nbgrader_strip.py",
        "autograder/settings/nbgrader_update.py",
        "autograder/gradebook/connection.py",
        "autograder/gradebook/errors.py",
        "autograder/gradebook/group_marks.py",
        "autograder/gradebook/late_penalties.py",
        "autograder/gradebook/lateness.py",
        "autograder/gradebook/mark_changes.py",
        "autograder/gradebook/manual_marks.py",
        "autograder/gradebook/open_gradebook.py",
        "autograder/gradebook/points.py",
        "autograder/gradebook/register_assignment.py",
        "autograder/gradebook/statements.py",
        "autograder/gradebook/students.py",
        "autograder/gradebook/write_marks.py",
    },
    "sqlalchemy": {
        "autograder/gradebook/connection.py",
        "autograder/gradebook/errors.py",
        "autograder/gradebook/group_marks.py",
        "autograder/gradebook/lateness.py",
        "autograder/gradebook/mark_changes.py",
        "autograder/gradebook/manual_marks.py",
        "autograder/gradebook/open_gradebook.py",
        "autograder/gradebook/register_assignment.py",
        "autograder/gradebook/review_marks.py",
        "autograder/gradebook/review_tables.py",
        "autograder/gradebook/rubrics.py",
        "autograder/gradebook/statements.py",
        "autograder/gradebook/students.py",
        "autograder/gradebook/write_marks.py",
        "autograder/olympics/ledger.py",
    },
    "cryptography": {"course/olympics/receipt.py"},
    "alembic": {"autograder/gradebook/connection.py"},
    "dask": {"autograder/grading/cluster.py"},
    "distributed": {"autograder/grading/cluster.py"},
    "nbclient": {"autograder/sandbox/inside/shell/notebook_kernel.py"},
    "jupyter_client": {
        "autograder/sandbox/inside/shell/notebook_kernel.py",
        "autograder/sandbox/kernel_pool.py",
    },
    "jinja2": {"autograder/reporting/html_page.py"},
    "markupsafe": {"autograder/reporting/html_page.py"},
    "jsonschema": {
        "autograder/olympics/board/foreign_feed.py",
        "autograder/settings/nbgrader_strip.py",
    },
    "latex2mathml": {"autograder/sanitizing/mathml.py"},
    "packaging": {"autograder/distributing/student_requirements.py"},
    "nh3": {"autograder/sanitizing/safe_html.py"},
    "rich": {
        "autograder/commands/progress.py",
        "autograder/commands/terminal.py",
        "course/perfsim/commands/tables.py",
    },
    "anywidget": {"hardware_labs/widgets/page.py"},
    "serial": {
        "hardware_labs/transports/rfc2217_server.py",
        "hardware_labs/transports/serial_port.py",
    },
    "unicorn": {"hardware_labs/emulation/cortex_m.py"},
    "babel": {"course/book/catalogues.py"},
    "docutils": {"course/book/sphinx_pages.py"},
    "fontTools": {"course/book/fonts.py"},
    "markdown_it": {"course/book/inline.py", "course/book/syntax.py"},
    "myst_nb": {"course/book/page_reader.py"},
    "myst_parser": {"course/book/syntax.py"},
    "pypandoc": {"course/book/paper.py"},
    "sphinx": {
        "course/book/search_terms.py",
        "course/book/site.py",
        "course/book/sphinx_pages.py",
    },
    "sphinx_intl": {"course/book/catalogues.py"},
    "typst": {"course/book/paper.py"},
}
STUDENT_ROOMS = {
    "tinytorch": {"numpy"},
    "perfsim": {"click", "numpy", "rich"},
    "olympics": {"click", "cryptography", "numpy"},
    "appeals": {"click"},
    "coursekit": {
        "click",
        "IPython",
        "ipywidgets",
        "matplotlib",
        "matplotlib_inline",
        "numpy",
        "threadpoolctl",
    },
    "hardware_labs": {
        "anywidget",
        "click",
        "ipywidgets",
        "numpy",
        "serial",
        "traitlets",
        "unicorn",
        "ziglang",
        "IPython",
    },
}
TOP_LEVEL = {"course", "source", "release", "autograder", "hardware_labs", "tests", "benchmarks"}


def modules(room):
    return sorted(ROOMS[room].rglob("*.py"))


@cache
def imports(path):
    """Full names of what a file imports anywhere, relative imports left out."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return tuple(names)


def top_level_imports(room):
    return {name.split(".")[0] for path in modules(room) for name in imports(path)}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room):
    imported_rooms = (top_level_imports(room) & set(ROOMS)) - {room}
    assert imported_rooms <= MAY_IMPORT[room]


def test_only_the_judge_of_the_olympics_and_its_commands_import_the_olympics():
    users = {
        path.relative_to(ROOMS["autograder"]).parts[0]
        for path in modules("autograder")
        if "olympics" in {name.split(".")[0] for name in imports(path)}
    }
    assert users <= {"olympics", "commands"}


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_imports_tests_or_source(room):
    assert not top_level_imports(room) & {"tests", "source", "release"}


@pytest.mark.parametrize("system", DOORS)
def test_a_foreign_system_has_one_door(system):
    users = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in modules(room)
        if system in {name.split(".")[0] for name in imports(path)}
    }
    assert users == DOORS[system]


@pytest.mark.parametrize("room", STUDENT_ROOMS)
def test_what_students_install_is_all_that_their_rooms_import(room):
    foreign = top_level_imports(room) - set(sys.stdlib_module_names) - set(ROOMS)
    assert foreign <= STUDENT_ROOMS[room]


def packages():
    """The folder of each package that says in which order its modules are read."""
    names = (
        "autograder",
        "appeals",
        "coursekit",
        "olympics",
        "perfsim",
        "hardware_labs",
        "book",
        "lite",
    )
    rooms = [ROOMS[name] for name in names]
    return [path.parent for room in rooms for path in sorted(room.rglob("__init__.py"))]


def module_names(folder):
    inside = [p for p in folder.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()]
    return {p.stem for p in inside if not p.stem.startswith("__")}


def reading_order(folder):
    """The modules of a package as its docstring lists them: a table with a line for each, or a
    sentence in which what stands in brackets explains."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    sentence = re.sub(r"\([^)]*\)", "", text.partition("eading order")[2] or text)
    words = re.findall(r"(?m)^ {4}(\w+) ", text) or re.findall(r"\w+", sentence)
    names = module_names(folder)
    return list(dict.fromkeys(word for word in words if word in names))


def dotted(path):
    base = ROOT / "course" if path.is_relative_to(ROOT / "course") else ROOT
    return path.relative_to(base).with_suffix("").parts


def imported_modules(path):
    """What a file imports of its own top-level package, as tuples of names; `from x import y` may
    name a module y or a member of x, so both are given."""
    top = dotted(path)[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [(*node.module.split("."), alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        else:
            continue
        yield from (name for name in names if name[0] == top and len(name) > 1)


@pytest.mark.parametrize("folder", packages(), ids=lambda path: ".".join(dotted(path)))
def test_reading_order_lists_every_module(folder):
    assert set(reading_order(folder)) == module_names(folder)


@pytest.mark.parametrize("folder", packages(), ids=lambda path: ".".join(dotted(path)))
def test_a_module_imports_only_what_is_read_before_it(folder):
    order = reading_order(folder)
    depth = len(dotted(folder))
    later = []
    for path in folder.rglob("*.py"):
        parts = dotted(path)
        here = parts[depth]
        if here not in order:  # __init__, __main__, or a folder that is no package
            continue
        for name in imported_modules(path):
            inside = name[:depth] == dotted(folder) and len(name) > depth and name[depth] in order
            if inside and order.index(name[depth]) > order.index(here):
                later.append(f"{'.'.join(parts)} imports {'.'.join(name)}")
    assert not later


def test_the_rooms_of_autograder_stand_in_order_of_dependence():
    assert tuple(reading_order(ROOMS["autograder"])) == AUTOGRADER


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_opens_with_its_idea(room):
    silent = [p for p in modules(room) if not ast.get_docstring(ast.parse(p.read_text()))]
    assert not silent


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_is_called_by_what_it_is_not(room):
    assert not {p.stem for p in modules(room)} & {"utils", "common", "helpers", "base", "manager"}


def test_what_runs_behind_the_walls_imports_nothing_from_outside_them():
    inside = sorted((ROOMS["autograder"] / "sandbox" / "inside").rglob("*.py"))
    names = {name for path in inside for name in imports(path) if name.startswith("autograder")}
    assert {name for name in names if not name.startswith("autograder.sandbox.inside")} == set()


def test_environment_and_pyproject_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line.strip() for line in (ROOT / "environment.yml").read_text().splitlines()]
    assert lines[-2:] == ["- pip:", "- -e .[all]"]
    python = next(line.split("=")[-1] for line in lines if line.startswith("- python="))
    low, high = re.findall(r"3\.(\d+)", project["requires-python"])
    assert int(low) <= int(python.split(".")[1]) < int(high)


def test_the_nbgrader_config_stays_short():
    assert len((ROOT / "nbgrader_config.py").read_text().splitlines()) < 20


def tracked():
    completed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [Path(line) for line in completed.stdout.splitlines()]


def test_the_top_level_is_what_it_should_be():
    assert {path.parts[0] for path in tracked() if len(path.parts) > 1} == TOP_LEVEL | {".ci"}


def test_lint_and_types_are_clean():
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        program = [sys.executable, "-m", *command]
        completed = subprocess.run(program, cwd=ROOT, capture_output=True, text=True)
        assert completed.returncode == 0, completed.stdout[-3000:] + completed.stderr[-3000:]
