"""The exporter: a BUILD notebook's cells with the tag `export` become a module.

It makes the student's own `tinytorch/` from their notebooks and the reference from the
instructor's: `python -m coursekit.exporter` in the repository. The packages around the modules
are written with them; a module that was edited by hand is kept beside the new one as `.bak`.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit import notebook, package_text, questions, workspace
from coursekit.module_head import undefined
from coursekit.module_text import module_text
from coursekit.notebook import Cell, FoundCell, Notebook
from coursekit.syllabus import Assignment, CourseError, Syllabus, load

TAG = "export"


@dataclass(frozen=True)
class Exported:
    """The module that was written, the public names in it, and what the student should know."""

    path: Path
    names: tuple[str, ...]
    notes: tuple[str, ...]


def export(
    path: Path, root: Path, syllabus: Syllabus, partial: bool = False, keep: bool = True
) -> Exported:
    """Writes the module of the notebook at `path` below `root`, and the packages around it.

    An unfinished notebook is refused with a CourseError that names the cells; `partial` exports
    what there is. keep: a file edited by hand since the last export is kept as `.bak`.
    """
    row = syllabus.assignment(path.stem)
    if not row.exports:
        raise CourseError(_nothing_to_export(row))
    book = notebook.read(path)
    cells, notes = exported_cells(book, _rows(row.id), path)
    faults = [fault for cell in cells if (fault := _fault(cell))]
    if faults and not partial:
        raise CourseError(_unfinished(path, faults))
    text = module_text(book, [cell for cell in cells if notebook.parses(_code(cell))])
    missing = undefined(text)
    if missing and not partial:
        raise CourseError(_missing_names_message(path, missing))
    notes_of_files = _write(root, row.exports, text, keep)
    notes_of_files += write_packages(root, row.exports.partition("/")[0], syllabus, keep)
    return Exported(
        root / row.exports, package_text.public(text), (*notes, *faults, *notes_of_files)
    )


def _nothing_to_export(row: Assignment) -> str:
    kind = "milestone" if row.track == "BUILD" else f"lab of {row.track}"
    return (
        f"{row.id} is a {kind}: there is nothing to export. "
        f"When it is done, hand it in: course submit {row.id}"
    )


def exported_cells(
    book: Notebook, rows: list[dict[str, Any]], path: Path
) -> tuple[list[Cell], tuple[str, ...]]:
    """The cells to export, in the notebook's order, and a sentence for each found without its tag.

    rows: which cells the release exports ({"cell": id, "defines": [names]}); [] where unknown.
    """
    cells = [c for c in book["cells"] if notebook.is_code(c) and notebook.is_tagged(c, TAG)]
    notes = []
    for row in rows:
        match = notebook.find(book, str(row["cell"]), row.get("defines", ()))
        if match is None:
            notes.append(f"The cell {row['cell']} of the release is not in {path.name}.")
        elif not any(match.cell is cell for cell in cells):
            cells.append(match.cell)
            notes.append(_recognised(row, match))
    if not cells:
        raise CourseError(
            f"{path} has no cell with the tag '{TAG}', so there is nothing to export. "
            f"Colab and copy-paste drop tags: start again from the released notebook."
        )
    order = {id(cell): number for number, cell in enumerate(book["cells"])}
    return sorted(cells, key=lambda cell: order[id(cell)]), tuple(notes)


def write_packages(root: Path, package: str, syllabus: Syllabus, keep: bool) -> tuple[str, ...]:
    """Writes each `__init__.py` from the modules that are there; returns what was kept."""
    order = [row.exports for row in syllabus.assignments]
    modules = package_text.modules(root, package, order)
    notes_of_files: tuple[str, ...] = ()
    for folder in sorted({str(Path(path).parent) for path in modules} - {package}):
        notes_of_files += _write(
            root, f"{folder}/__init__.py", package_text.inner(root, folder, modules), keep
        )
    everyday = {row.exports: row.everyday for row in syllabus.assignments if row.everyday}
    text = package_text.outer(root, package, modules, everyday, _handed_out() if keep else None)
    return notes_of_files + _write(root, f"{package}/__init__.py", text, keep)


def _handed_out() -> Path | None:
    """Where the students' wheel holds the modules of closed chapters; None in the repository."""
    installed = Path(__file__).resolve().parents[1]
    return None if (installed / "syllabus.toml").exists() else installed


def reference(root: Path, into: Path) -> list[Exported]:
    """Writes the reference below `into` from the instructor's notebooks in `root/source`."""
    syllabus = load(root / "course" / "syllabus.toml")
    ids = [row.id for row in syllabus.assignments if row.exports]
    paths = [root / "source" / name / f"{name}.ipynb" for name in ids]
    return [export(path, into, syllabus, keep=False) for path in paths]


def _rows(assignment_id: str) -> list[dict[str, Any]]:
    """Which cells the release exports, where the packaged checks tell."""
    table = workspace.read_json(questions.PACKAGED / f"{assignment_id}.json")
    return list(table.get("exports", [])) if isinstance(table, dict) else []


def _code(cell: Cell) -> str:
    return notebook.python(notebook.source(cell))


def _fault(cell: Cell) -> str:
    if not notebook.parses(_code(cell)):
        return f"{notebook.name(cell)} is not Python yet"
    unwritten = notebook.unwritten(notebook.source(cell))
    return f"{notebook.name(cell)} still raises NotImplementedError" if unwritten else ""


def _unfinished(path: Path, faults: list[str]) -> str:
    return (
        f"{path.name} is not finished: {'; '.join(faults)}. "
        f"Nothing was exported; --partial exports what there is."
    )


def _missing_names_message(path: Path, missing: list[str]) -> str:
    return (
        f"The exported cells of {path.name} use {', '.join(missing)}, which none of them defines. "
        f"Define it in one of those cells. Nothing was exported; --partial exports what there is."
    )


def _recognised(row: dict[str, Any], match: FoundCell) -> str:
    how = {"names": f"the names it defines ({', '.join(row.get('defines', ()))})"}
    by = how.get(match.by, f"its {match.by.replace('_', ' ')}")
    return f"The cell {row['cell']} had lost its tag '{TAG}'; it was recognised by {by}."


def _write(root: Path, relative: str, text: str, keep: bool) -> tuple[str, ...]:
    """Writes a file, keeping one that was edited by hand; returns the sentence that says so."""
    path, ledger = root / relative, root / workspace.STATE / "exports.json"
    hashes = workspace.read_json(ledger) if keep else None
    hashes = hashes if isinstance(hashes, dict) else {}
    notes: tuple[str, ...] = ()
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") == text:
        pass
    elif keep and _is_students(path, hashes.get(relative)):
        backup = _backup(path)
        notes = (f"{relative} was edited by hand; that version is kept as {backup.name}.",)
    workspace.write_text(path, text)
    if keep:
        workspace.write_json(ledger, {**hashes, relative: _sha256(text.encode())})
    return notes


def _is_students(path: Path, exported: str | None) -> bool:
    """Whether a file holds something that this exporter did not write."""
    return path.exists() and path.stat().st_size > 0 and _sha256(path.read_bytes()) != exported


def _backup(path: Path) -> Path:
    """A copy of `path` under the first free name: tensor.py.bak, tensor.py.bak2, ..."""
    names = (path.with_name(f"{path.name}.bak{n if n > 1 else ''}") for n in range(1, 1000))
    free = next(name for name in names if not name.exists())
    free.write_bytes(path.read_bytes())
    return free


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    """Writes the repository's reference framework, and prints what was written."""
    repository = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(prog="python -m coursekit.exporter", description=main.__doc__)
    parser.add_argument("--into", type=Path, default=repository / "course", metavar="FOLDER")
    for exported in reference(repository, parser.parse_args().into):
        print(exported.path)


if __name__ == "__main__":
    main()
