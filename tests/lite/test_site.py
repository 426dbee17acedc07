"""What goes into the site, without a browser: offer, files of the kernel, front page."""

import ast
import importlib
import inspect
import json
import sys
import tarfile
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import coursekit.timing
import numpy as np
import pytest
from click.testing import CliRunner
from coursekit.syllabus import load
from coursekit.workspace import Workspace, marker_text
from lite import contents, front_page, kernel_files, site_folder
from lite.build import build, main
from lite.errors import LiteError
from lite.folder import Published, open_folder
from lite.offer import offer
from lite.trials import Trial
from lite_page import ROOT

KERNEL = ROOT / "course" / "lite" / "kernel"
CHAIN = ("01_tensor", "02_activations", "03_layers", "x01_deployment_limits")
RAN = {name: Trial(name) for name in CHAIN}
STOPPED = Trial("02_activations", "a-cell", "ValueError: no", "It needs <threads>.")


def published(**wheel):
    space = Workspace(Path("/nowhere"), Path("/nowhere"), marked=True, assignments=CHAIN)
    return Published(space, dict.fromkeys(wheel.values(), b""), load())


def ids(chosen):
    return [row.id for row in chosen.offered]


def test_what_runs_is_offered():
    assert ids(offer(published(), RAN)) == list(CHAIN)


def test_what_stops_is_not_offered_and_nor_is_what_builds_on_it():
    chosen = offer(published(), {**RAN, "02_activations": STOPPED})
    assert ids(chosen) == ["01_tensor", "x01_deployment_limits"]
    assert chosen.refused["02_activations"] == "It needs <threads>."
    sentence = "It builds on 02_activations, which cannot be written here."
    assert chosen.refused["03_layers"] == sentence


def test_a_reference_in_the_wheel_stands_in_for_a_chapter_that_stops():
    closed = published(reference="tinytorch/core/activations.py")
    chosen = offer(closed, {**RAN, "02_activations": STOPPED})
    assert ids(chosen) == ["01_tensor", "03_layers", "x01_deployment_limits"]


def test_what_was_never_tried_is_not_offered():
    chosen = offer(published(), {"01_tensor": Trial("01_tensor")})
    assert chosen.refused["x01_deployment_limits"] == "It was never tried in the browser."


def test_the_front_page_links_what_is_offered_and_says_why_not_the_rest():
    page = front_page.page(load(), offer(published(), {**RAN, "02_activations": STOPPED}))
    assert 'href="lab/index.html?path=01_tensor/01_tensor.ipynb"' in page
    assert "?path=02_activations" not in page
    assert "It needs &lt;threads&gt;." in page
    assert 'id="jupyter-config-data"' in page


def test_a_folder_without_a_marker_is_no_students_folder(tmp_path):
    with pytest.raises(LiteError, match=r"has no workspace\.toml\. Run first: autograder publish"):
        open_folder(tmp_path)


def test_a_folder_without_a_wheel_says_so(tmp_path):
    (tmp_path / "workspace.toml").write_text(marker_text(Workspace(tmp_path, tmp_path)))
    with pytest.raises(LiteError, match="should hold one wheel, and holds 0"):
        open_folder(tmp_path)


def test_a_wheel_without_a_syllabus_says_so(tmp_path):
    (tmp_path / "workspace.toml").write_text(marker_text(Workspace(tmp_path, tmp_path)))
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("a.py", "")
    with pytest.raises(LiteError, match="holds no coursekit/syllabus"):
        open_folder(tmp_path)


def students(folder, syllabus_text):
    """A students' folder with a wheel that holds nothing but a syllabus."""
    (folder / "workspace.toml").write_text(marker_text(Workspace(folder, folder)))
    with zipfile.ZipFile(folder / "a.whl", "w") as archive:
        archive.writestr("coursekit/syllabus.toml", syllabus_text)
    return folder


def test_a_bad_syllabus_and_a_broken_wheel_are_sentences_of_the_command(tmp_path):
    folder = students(tmp_path, "course = \n")
    for text in ("The syllabus in a.whl cannot be read", "cannot be read as a wheel"):
        result = CliRunner().invoke(main, ["--folder", str(folder)])
        assert result.exit_code == 1 and result.output.startswith("Error: ")
        assert text in result.output and "autograder publish" in result.output
        (folder / "a.whl").write_bytes(b"half of a wheel")


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.md").write_text("Years of work.")
    result = CliRunner().invoke(main, ["--target", str(tmp_path)])
    assert result.exit_code == 1 and "is of no earlier site of the course" in result.output
    assert (tmp_path / "thesis.md").read_text() == "Years of work."
    assert "earlier" in CliRunner().invoke(main, ["--help"]).output


def a_site(folder, *names):
    for name in ("jupyter-lite.json", "lab/index.html", *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    return folder


@pytest.mark.parametrize("name", [".git/config", "CNAME", "lab/own.html"])
def test_a_site_with_files_of_others_is_left_alone(tmp_path, name):
    target = a_site(tmp_path / "site")
    site_folder.replace(a_site(tmp_path / "made"), tmp_path / "other")
    (tmp_path / "other" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "other" / name).write_text("of others")
    for folder, named in ((target, "jupyter-lite.json"), (tmp_path / "other", name)):
        result = CliRunner().invoke(main, ["--target", str(folder)])
        assert result.exit_code == 1 and f"holds {named}, which is of no earlier" in result.output
    assert (tmp_path / "other" / name).read_text() == "of others"


def test_a_link_is_no_target(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "own")
    result = CliRunner().invoke(main, ["--target", str(tmp_path / "link")])
    assert result.exit_code == 1 and "is a link; name the folder itself" in result.output


def test_a_new_site_takes_the_place_of_the_earlier_one(tmp_path):
    site_folder.replace(a_site(tmp_path / "made", "old.html"), tmp_path / "site")
    site_folder.refuse_foreign(tmp_path / "site")
    site_folder.replace(a_site(tmp_path / "made", "new.html"), tmp_path / "site")
    assert (tmp_path / "site" / "new.html").is_file()
    assert not (tmp_path / "site" / "old.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("is_site", [False, True])
def test_an_empty_folder_and_an_earlier_site_may_be_written(tmp_path, is_site):
    target, folder = tmp_path / "site", tmp_path / "students"
    folder.mkdir()
    if is_site:
        site_folder.replace(a_site(tmp_path / "made"), target)
    else:
        target.mkdir()
    with pytest.raises(LiteError, match=r"has no workspace\.toml"):  # the first thing that follows
        build(folder, target)


def test_the_front_page_asks_for_the_id_under_which_marks_are_kept():
    page = front_page.page(load(), offer(published(), RAN))
    assert 'submit(student="your id")' in page and "your name" not in page


def test_the_command_ends_with_a_sentence(tmp_path):
    result = CliRunner().invoke(main, ["--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ") and "autograder publish" in result.output


def test_only_what_is_offered_is_copied(tmp_path):
    root, site = tmp_path / "students", tmp_path / "site"
    for name in ("01_tensor", "d01_connect", "data", ".course"):
        (root / name).mkdir(parents=True)
        (root / name / "a.npz").write_bytes(name.encode())
    line = "| [{0}]({0}/{0}.ipynb) | BUILD |"
    text = "\n".join(["| assignment |", *(line.format(n) for n in ("01_tensor", "d01_connect"))])
    book = {"cells": [{"cell_type": "markdown", "source": text}]}
    (root / "index.ipynb").write_text(json.dumps(book))
    sums = {"01_tensor/a.npz": "1", "d01_connect/a.npz": "2"}
    space = Workspace(root, root, True, "c", "1", ("01_tensor", "d01_connect"), sums)
    site.mkdir()
    only = replace(published(), space=replace(space, assignments=("01_tensor",)))
    contents.write(space, offer(only, RAN), site)
    assert sorted(path.name for path in site.iterdir()) == [
        "01_tensor",
        "data",
        "index.ipynb",
        "workspace.toml",
    ]
    assert "d01_connect" not in (site / "index.ipynb").read_text()
    assert "d01_connect" not in (site / "workspace.toml").read_text()


def test_equal_files_are_equal_bytes_and_keep_their_names():
    files = {"b/c.py": b"1", "a.py": b"22"}
    data = kernel_files.packed(files)
    assert data == kernel_files.packed(dict(reversed(files.items())))
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        assert {n: archive.extractfile(n).read() for n in archive.getnames()} == files


def test_a_stand_in_takes_the_place_of_the_courses_module(tmp_path):
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in kernel_files.WIDGETS:
        (packages / name).mkdir(parents=True)
        (packages / name / "__init__.py").write_text("")
    wheel = {"coursekit/plots.py": b"import matplotlib", "hardware_labs/board.py": b""}
    archive_files = kernel_files.files(kernel_files.Builder(tmp_path), wheel)
    place = f"{kernel_files.SITE_PACKAGES}/coursekit/plots.py"
    assert archive_files[place] == (KERNEL / "coursekit" / "plots.py").read_bytes()
    assert kernel_files.START_UP in archive_files
    assert not [name for name in archive_files if "hardware_labs" in name]


@pytest.mark.parametrize("module", ["plots", "timing"])
def test_a_stand_in_offers_what_notebooks_import(module):
    theirs = {
        alias.name: getattr(importlib.import_module(f"coursekit.{module}"), alias.name)
        for node in imports_of_notebooks()
        if node.module == f"coursekit.{module}"
        for alias in node.names
    }
    ours = loaded(KERNEL / "coursekit" / f"{module}.py")
    assert theirs
    functions = {name: value for name, value in theirs.items() if callable(value)}
    for name, original in functions.items():
        assert inspect.signature(getattr(ours, name)) == inspect.signature(original)
    for name in theirs.keys() - functions.keys():
        assert getattr(ours, name) == theirs[name]


def test_the_stand_in_of_matplotlib_offers_what_notebooks_import():
    imported_names = {
        (node.module, alias.name)
        for node in imports_of_notebooks()
        if (node.module or "").startswith("matplotlib")
        for alias in node.names
    }
    assert imported_names
    for module, name in imported_names:
        path = KERNEL.joinpath(*module.split(".")).with_suffix(".py")
        assert hasattr(loaded(path), name), f"{module} has no {name}"


def test_where_and_bincount_answer_as_numpy_two_does():
    numpy_two = loaded(KERNEL / "numpy_two.py")
    halves = np.float32([0.5, 1.5])
    for arguments in ((halves > 1, halves, -np.inf), (halves > 1, 2, halves), (halves > 1, 1, 2)):
        ours, theirs = numpy_two.where(*arguments), np.where(*arguments)
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
    assert numpy_two.where(halves > 1)[0].tolist() == [1]
    counted = numpy_two.bincount(np.int64([0, 2, 2]), minlength=5)
    assert counted.tolist() == [1, 0, 2, 0, 0]


def test_a_reading_of_a_coarse_clock_spans_enough_calls(monkeypatch):
    timing, now = loaded(KERNEL / "coursekit" / "timing.py"), [0.0]
    monkeypatch.setattr(timing, "perf_counter", lambda: round(now[0], 4))
    shortest_s = timing.shortest_seconds(lambda: now.__setitem__(0, now[0] + 3.1e-6), repeats=3)
    assert shortest_s == pytest.approx(3.1e-6, rel=0.03)


def test_both_clocks_agree_about_a_long_call():
    def call():
        return sum(range(200_000))

    timing = loaded(KERNEL / "coursekit" / "timing.py")
    ratio = timing.shortest_seconds(call) / coursekit.timing.shortest_seconds(call)
    assert 0.2 < ratio < 5


def imports_of_notebooks():
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "code" and "import" in text:
                nodes = ast.walk(ast.parse(text)) if "%" not in text else ()
                yield from (node for node in nodes if isinstance(node, ast.ImportFrom))


def loaded(path):
    """A stand-in as a module of its own, beside the one whose place it takes."""
    spec = importlib.util.spec_from_file_location(f"stand_in_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
