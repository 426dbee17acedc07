"""The pages for people are true: their commands, sessions, scripts, links, tables and tree."""

import ast
import importlib
import json
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from types import MappingProxyType

import appeals.command
import click
import olympics.commands
import perfsim.commands.cli
import pytest
import yaml
from click.testing import CliRunner
from small_course import code, notebook, save, source_notebook

import autograder.commands.cli
import hardware_labs.cli
from autograder.releasing.audit import audit
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "course" / "book" / "guide").glob("*.md"))
PAGES = [*(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")), *GUIDES]
LINKING = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "course" / "assignments.md"]
TEXTS = MappingProxyType({path: path.read_text(encoding="utf-8") for path in LINKING})
PROGRAMS = {
    "autograder": autograder.commands.cli.main,
    "course": appeals.command.main,
    "hardware-labs": hardware_labs.cli.main,
    "olympics": olympics.commands.main,
    "perfsim": perfsim.commands.cli.main,
}
PRAISE = re.compile(
    r"\b(congratulations|great|well done|awesome|amazing|let's|simply|just)\b", re.I
)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
LINK = re.compile(r"\]\((?!https?://)([^)\s#]*)(#[^)\s]+)?\)")


def blocks(path, language=""):
    """The fenced blocks of a page in that language."""
    return [text for name, text in FENCE.findall(TEXTS[path]) if name == language]


def prose(path):
    return FENCE.sub("", TEXTS[path])


def relative(path):
    return str(path.relative_to(ROOT))


def commands(path):
    """The lines of a page that call one of our programs: in blocks, and quoted in sentences."""
    printed = [
        line.split("#")[0].removeprefix("$ ") for b in blocks(path) for line in b.splitlines()
    ]
    quoted = [" ".join(text.split()) for text in re.findall(r"`([^`]+)`", prose(path))]
    calls = [line.strip() for line in (*printed, *quoted)]
    return [line for line in calls if line.split(" ")[0] in PROGRAMS and " " in line]


COMMANDS = sorted({line for path in PAGES for line in commands(path)})
SESSIONS = [block for path in PAGES for block in blocks(path) if block.startswith("$ ")]
each_guide = pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
each_page = pytest.mark.parametrize("path", LINKING, ids=relative)


def tracked():
    process = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {Path(line) for line in process.stdout.splitlines()}


def tree():
    """Paths of the printed tree, from its indents of two."""
    block = next(b for b in blocks(ROOT / "CONTRIBUTING.md") if b.startswith("course/ "))
    parts = []
    for line in block.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        parts = [*parts[:depth], line.split()[0].rstrip("/")]
        yield Path(*parts)


def test_every_line_of_the_tree_is_on_disk():
    folders = {parent for path in tracked() for parent in path.parents} | tracked()
    assert not set(tree()) - folders


def test_every_folder_of_the_rooms_is_in_the_tree():
    printed = set(tree())
    rooms = {path for path in printed if len(path.parts) == 1}
    inside = {
        Path(*p.parts[:2]) for p in tracked() if len(p.parts) > 2 and Path(p.parts[0]) in rooms
    }
    plain = {"source", "release"}
    tests = {
        Path("tests") / name
        for name in (
            *("autograder", "book", "coursekit", "lite", "olympics"),
            *("perfsim", "tinytorch", "hardware_labs"),
        )
    }
    assert {p for p in inside if p.parts[0] not in plain} - tests <= printed


def test_the_page_of_assignments_is_what_would_be_written_now():
    page = benchmark("assignments_page").page()
    assert (ROOT / "course" / "assignments.md").read_text(encoding="utf-8") == page
    syllabus = tomllib.loads((ROOT / "course" / "syllabus.toml").read_text())
    rows = re.findall(r"^\| \[`(\w+)`\]\(\S+\) \| (\w+) \|", page, re.M)
    assert rows == [(a["id"], a["track"]) for a in syllabus["assignment"]]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_a_page_can_be_parsed(line):
    program, *words = shlex.split(line)
    command = PROGRAMS[program]
    while isinstance(command, click.Group):
        command, *words = command.commands[words[0]], *words[1:]
    values, surplus, _ = command.make_parser(click.Context(command)).parse_args(list(words))
    assert not surplus
    for parameter in command.params:
        value = values.get(parameter.name)
        assert value or not parameter.required
        if value and isinstance(parameter.type, click.Choice):
            assert value in parameter.type.choices


def test_every_make_and_python_line_of_a_page_names_what_is_there():
    verbs = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M)
    lines = [line for path in PAGES for block in blocks(path) for line in block.splitlines()]
    assert {line.split()[1] for line in lines if line.startswith("make ")} <= set(verbs)
    paths = re.findall(r"^python (?:-m pytest )?([\w./]+/[\w./]+)", "\n".join(lines), re.M)
    assert len(paths) >= 3 and not [path for path in paths if not (ROOT / path).exists()]


def verbs(group, before=""):
    """Each verb of a program by the words that call it, those of its groups too."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_verb_has_help_and_a_page_that_names_it(program):
    pages = "\n".join([*TEXTS.values(), (ROOT / "hardware_labs" / "README.md").read_text()])
    for name, command in verbs(PROGRAMS[program]):
        result = CliRunner().invoke(command, ["--help"])
        assert result.exit_code == 0 and command.help
        assert f"{program} {name}" in pages, f"no page names '{program} {name}'"


@pytest.mark.parametrize("session", SESSIONS, ids=lambda s: s.splitlines()[0])
def test_a_session_of_a_page_prints_what_it_shows(session):
    first, *expected = session.rstrip().splitlines()
    program, *words = shlex.split(first.removeprefix("$ "))
    command = [str(Path(sys.executable).parent / program), *words]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    printed = [line.rstrip() for line in process.stdout.rstrip().splitlines()]
    assert printed == [line.rstrip() for line in expected], process.stderr


@each_page
def test_every_link_leads_somewhere(path):
    for target, anchor in LINK.findall(prose(path)):
        place = (path.parent / target).resolve() if target else path
        assert place.exists(), f"{relative(path)} links to {target}"
        if anchor:
            titles = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}
            assert anchor[1:] in anchors, f"{relative(path)} links to {target}{anchor}"


@each_page
def test_every_path_that_a_page_names_is_on_disk(path):
    rooms = {p.parts[0] for p in tracked() if len(p.parts) > 1}
    names = re.findall(r"`([\w./-]+/[\w./-]*)`", prose(path))
    inside = {name for name in names if name.split("/")[0] in rooms and "ID" not in name}
    assert not {name for name in inside if not (ROOT / name).exists()}


@each_guide
def test_a_guide_says_whom_it_is_for_and_what_to_read_next(path):
    lines = TEXTS[path].splitlines()
    assert 60 <= len(lines) <= 140
    assert lines[0].startswith("# ") and lines[2].startswith("This page is for ")
    last = [line for line in lines if line.startswith("## ")][-1]
    assert last == "## Read next"


@each_page
def test_a_page_has_one_calm_voice(path):
    assert not PRAISE.findall(prose(path))
    assert not EMOJI.findall(TEXTS[path])


@pytest.mark.parametrize("name", ["write-a-chapter", "translate"])
def test_a_guide_for_authors_runs_the_python_of_the_checkout(name):
    commands = re.findall(r"(?m)(\S*python) -m", guide(name).read_text(encoding="utf-8"))
    assert commands and set(commands) <= {".venv/bin/python", "`.venv/bin/python"}


@each_guide
def test_the_python_of_a_guide_is_python(path):
    for block in blocks(path, "python"):
        ast.parse(block)


def guide(name):
    return ROOT / "course" / "book" / "guide" / f"{name}.md"


def test_the_script_of_the_guide_grades_a_course(tmp_path):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", source_notebook())
    save(tmp_path / "inbox" / "ada_1_2_hw1.ipynb", source_notebook())
    packed = [sys.executable, "-m", "zipfile", "-c", "inbox.zip", "inbox/ada_1_2_hw1.ipynb"]
    script = next(b for b in blocks(guide("grade-your-own-nbgrader-course"), "python"))
    for command in (packed, [sys.executable, "-c", script]):
        process = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert process.returncode == 0, process.stderr
    assert "ada_1,hw1,5,6,needs review" in (tmp_path / "marks.csv").read_text()


def test_the_exercise_of_the_guide_holds_its_audit(tmp_path):
    solution, _check, test, proofs = blocks(guide("write-an-assignment"), "python")
    cells = (
        code("double-solution", solution.rstrip(), solution=True),
        code("double", test.rstrip(), grade=True, locked=True, points=2),
    )
    save(tmp_path / "source" / "homework" / "homework.ipynb", notebook(*cells))
    (tmp_path / "tests" / "proofs").mkdir(parents=True)
    (tmp_path / "tests" / "proofs" / "homework.py").write_text(proofs)
    course = open_course(tmp_path)
    result = audit(course, course.assignment("homework"))
    assert result.holds, (result.findings, result.missing)


def test_the_citation_names_the_version_and_the_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert citation["title"] == TEXTS[ROOT / "README.md"].splitlines()[0].removeprefix("# ")
    assert all(set(author) == {"name"} for author in citation["authors"])


def benchmark(name):
    """A program of benchmarks/, as a module."""
    folder = str(ROOT / "benchmarks")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)


def test_the_figure_is_what_would_be_drawn_now():
    figure = benchmark("readme_figure").figure()
    assert (ROOT / "benchmarks" / "limits.svg").read_text(encoding="utf-8") == figure


def test_the_tables_of_the_benchmarks_are_those_of_the_figures_kept_beside_them():
    figures = json.loads((ROOT / "benchmarks" / "figures.json").read_text())
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    grading, cost = benchmark("grading"), benchmark("cost")
    assert grading.table([grading.Timing(**row) for row in figures]) in page
    rows = json.loads((ROOT / "benchmarks" / "framework.json").read_text())
    framework = benchmark("framework")
    assert framework.table([framework.Row(**row) for row in rows]) in page
    judged = json.loads((ROOT / "benchmarks" / "olympics.json").read_text())
    program = runpy.run_path(str(ROOT / "benchmarks" / "olympics.py"), run_name="benchmark")
    assert program["table"](judged) in page
    terms = cost.Terms()
    assert cost.table(list(cost.costs(figures, terms)), terms) in page


def test_the_makefile_has_the_two_commands():
    verbs = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert {"demo", "test"} <= set(verbs)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
