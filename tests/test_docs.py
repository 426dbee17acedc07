"""What the README says is so: its tree, its table, its commands and their output."""

import importlib
import importlib.util
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import coursekit.cli
import pytest
from click.testing import CliRunner

import autograder.commands.cli
import hardware_labs.cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```\n(.*?)```", README, re.S)
PROGRAMS = {
    "autograder": autograder.commands.cli.main,
    "course": coursekit.cli.main,
    "hardware-labs": hardware_labs.cli.main,
}
SESSIONS = [block for block in BLOCKS if block.startswith("$ ")]
LINES = [line.split("#")[0].strip("$ ") for block in BLOCKS for line in block.splitlines()]
COMMANDS = [line for line in LINES if line.split(" ")[0] in PROGRAMS]


def tracked():
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {Path(line) for line in done.stdout.splitlines()}


def tree():
    """Paths of the printed tree, from its indents."""
    block = next(block for block in BLOCKS if block.startswith("course/ "))
    room = ""
    for line in block.splitlines():
        name = line.split()[0].rstrip("/")
        room = room if line.startswith(" ") else name
        yield Path(name) if name == room else Path(room) / name


def test_every_line_of_the_tree_is_on_disk():
    folders = {parent for path in tracked() for parent in path.parents} | tracked()
    assert not set(tree()) - folders


def test_every_folder_of_the_rooms_is_in_the_tree():
    shown = set(tree())
    rooms = {path for path in shown if len(path.parts) == 1}
    inside = {
        Path(*p.parts[:2]) for p in tracked() if len(p.parts) > 2 and Path(p.parts[0]) in rooms
    }
    plain = {"source", "release"}
    tests = {
        Path("tests") / name
        for name in ("autograder", "coursekit", "perfsim", "tinytorch", "hardware_labs")
    }
    assert {p for p in inside if p.parts[0] not in plain} - tests <= shown


def test_the_table_lists_the_syllabus():
    syllabus = tomllib.loads((ROOT / "course" / "syllabus.toml").read_text())
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| .* \| (\d+) \|$", README, re.M)
    assert rows == [(a["id"], a["track"], str(a["points"])) for a in syllabus["assignment"]]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_exists(line):
    program, *words = shlex.split(line)
    group = PROGRAMS[program]
    command = group.commands[words[0]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_verb_has_help_and_the_readme_names_it(program):
    group = PROGRAMS[program]
    for name, command in group.commands.items():
        result = CliRunner().invoke(command, ["--help"])
        assert result.exit_code == 0 and command.help
        named = f"{program} {name}" in README or program == "hardware-labs"
        assert named, f"README.md does not name '{program} {name}'"


@pytest.mark.parametrize("session", SESSIONS, ids=lambda s: s.splitlines()[0])
def test_a_session_of_the_readme_prints_what_it_shows(session):
    first, *shown = session.rstrip().splitlines()
    program, *words = shlex.split(first.removeprefix("$ "))
    command = [str(Path(sys.executable).parent / program), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    printed = [line.rstrip() for line in done.stdout.rstrip().splitlines()]
    assert printed == [line.rstrip() for line in shown], done.stderr


def test_the_figure_is_what_would_be_drawn_now():
    path = ROOT / "benchmarks" / "readme_figure.py"
    spec = importlib.util.spec_from_file_location("readme_figure", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "benchmarks" / "limits.svg").read_text(encoding="utf-8") == module.figure()


def benchmark(name):
    """A program of benchmarks/, as a module."""
    folder = str(ROOT / "benchmarks")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)


def test_the_tables_of_the_benchmarks_are_those_of_the_figures_kept_beside_them():
    figures = json.loads((ROOT / "benchmarks" / "figures.json").read_text())
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    grading, cost = benchmark("grading"), benchmark("cost")
    assert grading.table([grading.Timing(**row) for row in figures]) in page
    rows = json.loads((ROOT / "benchmarks" / "framework.json").read_text())
    framework = benchmark("framework")
    assert framework.table([framework.Row(**row) for row in rows]) in page
    terms = cost.Terms()
    assert cost.table(list(cost.costs(figures, terms)), terms) in page


def test_the_makefile_has_the_two_commands():
    verbs = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert {"demo", "test"} <= set(verbs)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
