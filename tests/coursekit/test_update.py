"""course update: a new release comes into a student's folder, and nothing is lost."""

import hashlib
import json
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import nbformat
import pytest
from coursekit import new_release, workspace
from coursekit.syllabus import CourseError
from coursekit.update import report, update
from small_chapter import code
from two_releases import ANSWER, ESSAY, OWN_TRY, changed, ids, inserted, release, solved, texts

NOW = datetime(2026, 11, 28, 14, 30, tzinfo=UTC)
BOOK = "01_tensor/01_tensor.ipynb"
BACKUP = "backups/01_tensor-20261128T143000Z.ipynb"
NEW_BOOK = changed(release(), double_idea="Twice four is eight.")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def data_of(book):
    return (json.dumps(book, indent=1) + "\n").encode()


def published(folder, version, **files):
    """A folder as `autograder publish` writes it; _ stands for / in a name, the dot is added."""
    contents = {BOOK: release(), "README.md": b"# Course\n", "data/digits.npz": b"PK one", **files}
    contents = {
        name: data if isinstance(data, bytes) else data_of(data) for name, data in contents.items()
    }
    sums = {name: sha256(data) for name, data in contents.items()}
    copies = {
        f".course/released/{sums[name]}.ipynb": contents[name]
        for name in contents
        if name.endswith(".ipynb")
    }
    marker = workspace.Workspace(folder, folder, True, "Small", version, ("01_tensor",), sums)
    text = workspace.marker_text(marker).encode()
    for name, data in {**contents, **copies, "workspace.toml": text}.items():
        workspace.write_bytes(folder / name, data)
    return folder


@pytest.fixture
def student(tmp_path):
    """The folder of a student who wrote both answers and a cell of their own."""
    folder = published(tmp_path / "student", "1")
    book = inserted(solved(), "double-look", code("a1b2c3d4", OWN_TRY))
    (folder / BOOK).write_bytes(data_of(book))
    return folder


@pytest.fixture
def new(tmp_path):
    return published(tmp_path / "new", "2", **{BOOK: NEW_BOOK, "README.md": b"# New\n"})


def run(folder, new, assignment=""):
    space = workspace.find(folder)
    return update(space, new_release.read(new), NOW, assignment)


def report_of(folder, new, assignment=""):
    return "\n".join(report(workspace.find(folder), run(folder, new, assignment)))


def below(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def read(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    return book


def test_answers_and_own_cells_stay_and_the_old_notebook_is_kept(student, new):
    before = (student / BOOK).read_bytes()
    text = report_of(student, new)
    book = read(student / BOOK)
    assert {ANSWER, ESSAY, OWN_TRY, "Twice four is eight."} < set(texts(book))
    assert (student / BACKUP).read_bytes() == before
    assert text == (
        f"{BOOK}\n"
        "    double-idea: The course has changed it; the new text is in.\n"
        "    2 answers of yours stay as written.\n"
        f"    The old notebook is kept as {BACKUP}.\n"
        "README.md\n"
        "    It is replaced by the new one; you had not changed it."
    )
    assert workspace.find(student).version == "2"


def test_a_second_update_changes_nothing(student, new):
    run(student, new)
    before = below(student)
    assert report_of(student, new) == "Nothing is new: your folder has this release already."
    assert below(student) == before


def test_what_the_student_writes_afterwards_is_merged_with_the_release_after(
    student, new, tmp_path
):
    run(student, new)
    path = student / BOOK
    path.write_text(path.read_text().replace("x + x", "2 * x"))
    third = published(tmp_path / "third", "3", **{BOOK: changed(NEW_BOOK, title="# Twice")})
    run(student, third)
    book = read(path)
    assert {"# Twice", "def double(x):\n    return 2 * x", OWN_TRY} < set(texts(book))
    assert len(book.cells) == len(release()["cells"]) + 1


def test_a_zip_does_as_well_as_its_folder(student, new, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "course"), "zip", tmp_path, "new")
    run(student, tmp_path / "course.zip")
    assert archive.endswith("course.zip")
    assert "Twice four is eight." in texts(read(student / BOOK))


def test_an_untouched_notebook_is_the_new_release_byte_for_byte(tmp_path, new):
    folder = published(tmp_path / "student", "1")
    run(folder, new)
    assert (folder / BOOK).read_bytes() == (new / BOOK).read_bytes()


def test_a_file_that_the_student_changed_stays_and_the_new_one_is_beside_it(student, new):
    (student / "README.md").write_text("my notes")
    (student / "README.new.md").write_text("my other notes")
    text = report_of(student, new)
    assert (student / "README.md").read_text() == "my notes"
    assert (student / "README.new.md").read_text() == "my other notes"
    assert (student / "README.new-2.md").read_text() == "# New\n"
    assert (
        "You had changed it, so it stays. The new one stands beside it as README.new-2.md" in text
    )


def test_a_file_that_is_missing_is_put_back_and_one_that_left_the_course_stays(
    tmp_path, student, new
):
    (student / "data/digits.npz").unlink()
    marker = new / "workspace.toml"
    lines = [line for line in marker.read_text().splitlines() if "README" not in line]
    marker.write_text("\n".join(lines))
    text = report_of(student, new)
    assert (student / "data/digits.npz").read_bytes() == b"PK one"
    assert (student / "README.md").read_bytes() == b"# Course\n"
    assert "It was missing and is put back." in text
    assert "README.md\n    It is no longer part of the course. Yours stays." in text


def test_a_new_wheel_says_how_to_install_it(student, tmp_path):
    name = "small_student-2-py3-none-any.whl"
    text = report_of(student, published(tmp_path / "new", "2", **{name: b"PK wheel"}))
    assert f"pip install --force-reinstall --no-deps ./{name}" in text


def test_a_damaged_notebook_stays_and_the_new_one_is_beside_it(student, new):
    half = (student / BOOK).read_bytes()[:900]
    (student / BOOK).write_bytes(half)
    text = report_of(student, new)
    assert (student / BOOK).read_bytes() == half
    assert (student / "01_tensor/01_tensor.new.ipynb").read_bytes() == (new / BOOK).read_bytes()
    assert "is damaged" in text
    assert "Then run the update again." in text


def test_a_damaged_notebook_that_was_mended_is_merged_with_its_own_release(student, new):
    book_bytes = (student / BOOK).read_bytes()
    (student / BOOK).write_bytes(book_bytes[:900])
    run(student, new)
    (student / BOOK).write_bytes(book_bytes)
    run(student, new)
    assert ids(read(student / BOOK)) == ids(json.loads(book_bytes))
    assert "Twice four is eight." in texts(read(student / BOOK))


def test_without_the_earlier_release_both_texts_are_there_and_that_is_said(student, new):
    shutil.rmtree(student / ".course")
    text = report_of(student, new)
    assert "cannot be told who changed a cell" in text
    assert "  ! double-idea: It differs from the course's." in text
    assert text.endswith("Cells marked with ! need a look from you.")
    assert {ANSWER, "Twice three is six."} < set(texts(read(student / BOOK)))
    before = below(student)
    run(student, new)
    assert below(student) == before


def test_one_assignment_leaves_the_other_files_to_the_next_update(student, new):
    run(student, new, "01_tensor")
    assert (student / "README.md").read_bytes() == b"# Course\n"
    assert workspace.find(student).version == "1"
    assert "replaced by the new one" in report_of(student, new)
    assert workspace.find(student).version == "2"


def wheel(folder):
    path = folder / "small-1-py3-none-any.whl"
    path.write_bytes(b"PK")
    return path


def changed_since(folder):
    new = published(folder / "touched", "2")
    (new / "README.md").write_text("changed")
    return new


def other_course(folder):
    new = published(folder / "other", "2")
    marker = new / "workspace.toml"
    marker.write_text(marker.read_text().replace('"Small"', '"Large"'))
    return new


def outside(folder):
    new = published(folder / "outside", "2")
    (folder / "secret.txt").write_text("secret")
    with (new / "workspace.toml").open("a") as marker:
        marker.write(f'"../secret.txt" = "{sha256(b"secret")}"\n')
    return new


def half_zip(folder):
    new = published(folder / "whole", "2")
    path = folder / "half.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(new / "workspace.toml", "whole/workspace.toml")
    return path


REFUSED = {
    "no file": (lambda folder: folder / "none.zip", "There is no"),
    "a wheel": (wheel, "is not a release of the course"),
    "an empty folder": (lambda folder: folder, "holds no workspace.toml"),
    "a changed folder": (changed_since, "is not as it was released"),
    "another course": (other_course, "is of the course Large, and this folder is of Small"),
    "a path to outside": (outside, "which is outside of the course"),
    "half a zip": (half_zip, "is not whole"),
    "the folder itself": (lambda folder: folder.parent / "student", "is not as it was released"),
}


@pytest.mark.parametrize("make, sentence", REFUSED.values(), ids=REFUSED)
def test_what_is_no_release_is_refused_before_anything_is_written(
    student, tmp_path, make, sentence
):
    before = below(student)
    (tmp_path / "place").mkdir()
    with pytest.raises(CourseError, match=sentence):
        run(student, make(tmp_path / "place"))
    assert below(student) == before


def test_an_unknown_assignment_is_named(student, new):
    with pytest.raises(
        CourseError, match=r"The release has no '01_tensr'\. Did you mean 01_tensor"
    ):
        run(student, new, "01_tensr")


SCRIPT = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from coursekit import new_release, workspace
from coursekit.update import update

folder, new, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
space, release, seen = workspace.find(folder), new_release.read(new), []

def stop(event, arguments):
    if event in ("open", "os.rename"):
        seen.append(event)
        if len(seen) == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(stop)
update(space, release, datetime(2026, 11, 28, 14, 30, tzinfo=UTC))
"""


def test_killed_at_any_moment_the_old_or_the_new_notebook_stands(student, new, tmp_path):
    old = (student / BOOK).read_bytes()
    updated_folder = tmp_path / "whole"
    shutil.copytree(student, updated_folder)
    run(updated_folder, new)
    states = set()
    for moment in range(1, 24):
        folder = tmp_path / f"killed {moment}"
        shutil.copytree(student, folder)
        completed = subprocess.run(
            [sys.executable, "-c", SCRIPT, folder, new, str(moment)], timeout=60, check=False
        )
        states.add((completed.returncode, (folder / BOOK).read_bytes()))
        run(folder, new)
        assert (folder / BOOK).read_bytes() == (updated_folder / BOOK).read_bytes()
        assert (folder / BACKUP).read_bytes() == old
    new_bytes = (updated_folder / BOOK).read_bytes()
    killed = -signal.SIGKILL
    assert states == {(killed, old), (killed, new_bytes), (0, new_bytes)}


def test_a_full_disk_leaves_the_notebook_as_it_was(student, new):
    before = (student / BOOK).read_bytes()

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    course = [sys.executable, "-c", "from coursekit.cli import main; main()"]
    completed = subprocess.run(
        [*course, "update", "--from", new],
        cwd=student,
        preexec_fn=limit,
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 1
    assert "could not be used: File too large" in completed.stderr
    assert (student / BOOK).read_bytes() == before
    assert list(student.rglob("*.part")) == []


def test_the_command_tells_what_changed_and_fails_on_a_damaged_notebook(student, new):
    course = [sys.executable, "-c", "from coursekit.cli import main; main()"]
    arguments = {"cwd": student, "capture_output": True, "text": True}
    (student / BOOK).write_text("{")
    completed = subprocess.run([*course, "update", "--from", new], **arguments)
    assert completed.returncode == 1
    assert "is damaged" in completed.stdout
    (student / BOOK).write_bytes(data_of(solved()))
    completed = subprocess.run([*course, "update", "--from", new], **arguments)
    assert completed.returncode == 0
    assert "double-idea: The course has changed it" in completed.stdout
