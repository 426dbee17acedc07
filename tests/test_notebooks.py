"""The notebooks as data: the shape of the house, the proofs, and what is derived from them."""

import json
import re
import shutil
from pathlib import Path
from statistics import median

import nbformat
import plain_kernel
import pytest

from autograder import proofs
from autograder.notebook import cells
from autograder.releasing.audit import audit
from autograder.releasing.audit_record import recorded_audit
from autograder.releasing.leaks import search
from autograder.releasing.release import write
from autograder.releasing.secret_texts import secrets
from autograder.settings import nbgrader_config, packages
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[1]
COURSE = open_course(ROOT)
ASSIGNMENTS = {a.id: a for a in COURSE.assignments}
CHAPTER, MILESTONE = (40, 90, 4, 10), (24, 60, 3, 6)  # cells, and graded tests: at least, at most
# The notebooks whose code cells are still to be shortened: the median of their lines.
TOO_LONG = {"06_autograd": 13, "07_optimizers": 15.5, "08_training": 14}
each_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)
SAMPLE = "m01_perceptron"  # of it, `make test` proves one question anew; `make test-all` all of all
each_slowly = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name == SAMPLE else [pytest.mark.slow])
        for name in ASSIGNMENTS
    ],
)
PRAISE = re.compile(r"\b(congratulations|great job|well done|awesome|amazing|let's|simply)\b", re.I)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


def source(name):
    return cells.load(ROOT / "source" / name / f"{name}.ipynb")


def code(name):
    return [cells.source(c) for c in source(name)["cells"] if c["cell_type"] == "code"]


def text(name):
    return [cells.source(c) for c in source(name)["cells"] if c["cell_type"] == "markdown"]


def sizes(name):
    return MILESTONE if name.startswith("m") else CHAPTER


def test_every_assignment_of_the_syllabus_has_its_notebook():
    folders = {path.parent.name for path in (ROOT / "source").glob("*/*.ipynb")}
    assert folders == set(ASSIGNMENTS)


@each_assignment
def test_a_source_notebook_is_valid_named_and_without_outputs(name):
    document = source(name)
    nbformat.validate(nbformat.from_dict(document))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in document["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]*", each_id) for each_id in ids)
    assert not any(cell.get("outputs") for cell in document["cells"])


@each_assignment
def test_a_notebook_keeps_the_sizes_of_the_house(name):
    texts = [cells.remove_regions(c, cells.HIDDEN) for c in code(name)]  # what students read
    lengths = [len(c.splitlines()) for c in texts]
    least, most, _, _ = sizes(name)
    assert least <= len(source(name)["cells"]) <= most
    assert median(lengths) <= TOO_LONG.get(name, 12)
    assert median(len(t.split()) for t in text(name)) <= 110


@each_assignment
def test_a_notebook_has_one_calm_voice(name):
    everything = "\n".join(text(name) + code(name))
    assert not PRAISE.findall(everything)
    assert not EMOJI.findall(everything)


@each_assignment
def test_exercises_points_and_the_written_question(name):
    document = source(name)
    tests = list(cells.tests(document))
    manual = [c for c in document["cells"] if cells.is_manual(c)]
    total = sum(map(cells.points, tests + manual))
    _, _, least, most = sizes(name)
    assert least <= len(tests) <= most
    assert total == 20
    assert 0.1 <= sum(map(cells.points, manual)) / total <= 0.2
    assert all(cells.HIDDEN[0] in cells.source(test) for test in tests)
    assert all(f'check("{cells.grade_id(test)}")' in code(name) for test in tests)


def test_question_names_are_unique_in_the_course():
    names = [cells.grade_id(test) for name in ASSIGNMENTS for test in cells.tests(source(name))]
    assert len(set(names)) == len(names)


@each_assignment
def test_the_committed_release_is_what_would_be_released_now(name, tmp_path):
    write(COURSE, ASSIGNMENTS[name], tmp_path / name)
    fresh = {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()}
    committed = {p.name: p.read_bytes() for p in (ROOT / "release" / name).iterdir() if p.is_file()}
    assert committed == fresh


def test_no_release_shows_what_another_notebook_keeps_secret():
    released = [p for p in (ROOT / "release").glob("*/*") if p.is_file()]
    code = packages.handed_out(COURSE)
    private = [secret for name in ASSIGNMENTS for secret in secrets([source(name)], code)]
    assert search(private, released) == []


@pytest.mark.slow  # the audit on record has run it
@each_slowly
def test_the_reference_runs_top_to_bottom_without_an_error(name, tmp_path):
    for file in nbgrader_config.support_files(COURSE, ASSIGNMENTS[name]):
        shutil.copy(COURSE.source / name / file, tmp_path)
    executed = plain_kernel.run(source(name), tmp_path)
    errors = [
        (cell["id"], output["evalue"])
        for cell in executed["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]
    assert errors == []


@pytest.mark.slow
def test_the_audit_of_a_question_finds_what_is_on_record(monkeypatch):
    recorded = recorded_audit(COURSE, ASSIGNMENTS[SAMPLE])
    question = cells.grade_id(next(cells.tests(source(SAMPLE))))
    everything = proofs.read(COURSE.proofs / f"{SAMPLE}.py")
    of_question = [proof for proof in everything if proof.question == question]
    monkeypatch.setattr(proofs, "read", lambda _path: of_question)
    monkeypatch.setattr("autograder.releasing.audit.write_record", lambda *_: None)
    result = audit(COURSE, ASSIGNMENTS[SAMPLE], again=True)
    expected_findings = [f for f in recorded.findings if f.question in ("", question)]
    assert list(result.findings) == expected_findings
    assert len(expected_findings) == 2 + len(of_question)
    assert result.isolation == recorded.isolation


@pytest.mark.slow
@pytest.mark.xdist_group("audits")  # each takes all cores; beside another it waits for them
@each_assignment
def test_the_record_of_the_audit_is_what_an_audit_finds(name, monkeypatch):
    recorded = recorded_audit(COURSE, ASSIGNMENTS[name])
    monkeypatch.setattr("autograder.releasing.audit.write_record", lambda *_: None)
    assert audit(COURSE, ASSIGNMENTS[name], again=True) == recorded


@each_assignment
def test_the_audit_on_record_is_of_this_notebook_and_holds(name):
    result = recorded_audit(COURSE, ASSIGNMENTS[name])
    assert result, f"{name} changed since its audit: run 'make release' and commit tests/audits"
    faults = [f for f in result.findings if not f.holds]
    assert result.holds, (faults, result.missing)
    assert len(result.findings) >= 2 + 4 * len(list(cells.tests(source(name))))


@pytest.mark.parametrize("name", [name for name in ASSIGNMENTS if name[0].isdigit()])
def test_every_test_of_a_chapter_runs_in_the_tester_once_all_cells_have_run(name):
    result = recorded_audit(COURSE, ASSIGNMENTS[name])
    assert result
    assert result.isolation.forked == ()
    assert result.isolation.in_turn == ()


@each_assignment
def test_nothing_is_random_by_chance(name):
    everything = json.dumps(code(name))
    assert "np.random.seed" not in everything
    assert "default_rng()" not in everything


def test_data_beside_a_notebook_is_the_courses_own():
    beside = sorted((ROOT / "source").glob("*/*.npz"))
    assert {path.name for path in beside} == {"digits.npz", "fashion.npz", "moby_dick.npz"}
    for path in beside:
        assert path.read_bytes() == (ROOT / "course" / "data" / path.name).read_bytes()
