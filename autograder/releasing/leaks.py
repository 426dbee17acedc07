"""The search for secrets in students' files: solutions, hidden tests and mark schemes.

Every file is read once, in all forms that `unpack` reads, and all secrets are searched for in one
pass; blanks, quotes, brackets and comments make no difference. Only where something leaks is the
file read again, to name the cell.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.notebook.cells import Notebook
from autograder.releasing.normal_form import encoded, without_comments, without_movable
from autograder.releasing.secret_texts import MARKERS_BY_KIND, Secret, secrets
from autograder.releasing.text_index import TextIndex, index_of, texts_in
from autograder.releasing.unpack import Reading, readings

SAMPLE_BYTES = 1 << 16
MARKER_SECRETS = tuple(
    Secret("", f"the marker of a {kind}", begin, encoded(f"### {begin}"))
    for kind, (begin, _end) in MARKERS_BY_KIND.items()
)


@dataclass(frozen=True)
class Leak:
    """A secret found in a file (`a.zip!b.ipynb` for a member of an archive).

    cell: the cell of the released notebook it stands in, '' for anywhere else in the file.
    """

    file: str
    cell: str
    secret: Secret

    def __str__(self) -> str:
        place = f"{self.file}, cell '{self.cell}'," if self.cell else self.file
        owner = f" of cell '{self.secret.cell}'" if self.secret.cell else ""
        return f"{place} shows {self.secret.kind}{owner}: {self.secret.excerpt}"


def leaks(
    sources: Iterable[Notebook],
    files: Iterable[Path],
    public_files: Iterable[Path] = (),
    given_files: Iterable[Path] = (),
    given_texts: Iterable[str] = (),
) -> list[Leak]:
    """Every place in `files` that shows a secret of the instructor's notebooks.

    public_files: code that students have in any case, the course's own packages. A solution calls
    them as they call each other, so a single line of a solution that stands there is no secret; a
    whole solution, a hidden test or a mark scheme is. given_files: the files beside the source
    notebooks, which count alike where they are text and no notebook. given_texts: what every
    released notebook has, such as stubs.
    """
    return search(secrets(sources, public_files, given_texts), files, given_files)


def search(
    private: Iterable[Secret], files: Iterable[Path], given_files: Iterable[Path] = ()
) -> list[Leak]:
    """Every leak of the secrets `private` in `files`, once per file; the names of files are
    relative to the folder that holds them all. given_files: as in `leaks`."""
    by_text = {secret.text: secret for secret in private}
    index = index_of(by_text)
    paths, given_paths = list(files), set(given_files)
    in_path: dict[Path, set[bytes]] = {}
    given_lines: set[bytes] = set()
    for path in dict.fromkeys([*paths, *sorted(given_paths)]):
        in_path[path], as_it_stands = _texts_in_file(index, path, path in given_paths)
        given_lines |= {text for text in as_it_stands if by_text[text].is_solution_line}
    private_texts = {text: secret for text, secret in by_text.items() if text not in given_lines}
    folder = os.path.commonpath([path.absolute().parent for path in paths]) if paths else "."
    return [
        leak
        for path in paths
        if not in_path[path] <= given_lines
        for leak in _leaks_in_file(index, private_texts, path, folder)
    ]


def _texts_in_file(index: TextIndex, path: Path, is_given: bool) -> tuple[set[bytes], set[bytes]]:
    """The texts of the index in a file; those of them in a given text as it stands."""
    data = path.read_bytes()
    texts, as_it_stands = _texts_in_reading(index, _name_reading(path.name)), set[bytes]()
    is_text = is_given and path.suffix != ".ipynb" and _is_text(data)
    for reading in readings(path.name, data):
        in_reading = _texts_in_reading(index, reading)
        texts |= in_reading
        if is_text and reading.depth == 0:
            as_it_stands |= in_reading
    return texts, as_it_stands


def _leaks_in_file(
    index: TextIndex, private: dict[bytes, Secret], path: Path, folder: str
) -> Iterator[Leak]:
    """The leaks of a file, each with the first cell that shows it; a run of lines only where none
    of its lines is a leak."""
    name = path.absolute().relative_to(folder).as_posix()
    secrets_by_text = {**private, **{marker.text: marker for marker in MARKER_SECRETS}}
    first_leaks: dict[tuple[str, bytes], Leak] = {}
    for reading in (_name_reading(name), *readings(name, path.read_bytes(), by_cell=True)):
        texts = _texts_in_reading(index, reading)
        for text in (text for text in secrets_by_text if texts and text in texts):
            leak = Leak(reading.file, reading.cell, secrets_by_text[text])
            first_leaks.setdefault((reading.file, text), leak)
    for (file, _), leak in first_leaks.items():
        if not any((file, line) in first_leaks for line in leak.secret.lines):
            yield leak


def _texts_in_reading(index: TextIndex, reading: Reading) -> set[bytes]:
    """The texts of the index and the markers of regions in a reading, with and without comments."""
    texts = texts_in(index, without_movable(reading.text))
    code = without_comments(reading.text)
    if code is not reading.text:
        texts |= texts_in(index, without_movable(code))
    if reading.file.endswith(".ipynb"):
        texts |= {marker.text for marker in MARKER_SECRETS if marker.text in reading.text}
    return texts


def _name_reading(name: str) -> Reading:
    return Reading(name, "", encoded(name), 0)


def _is_text(data: bytes) -> bool:
    """Do the first bytes look like text? A character may be cut where the sample ends."""
    try:
        sample = codecs.getincrementaldecoder("utf-8")().decode(data[:SAMPLE_BYTES])
    except UnicodeDecodeError:
        return False
    return "\0" not in sample
