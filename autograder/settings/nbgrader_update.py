"""The door to `nbgrader update`: its metadata of schema 0 to 2 becomes 3, in memory.

nbgrader is imported only where such a notebook comes.
"""

from __future__ import annotations

import copy

from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.upgrade import METADATA_SCHEMA, plain


def to_current_metadata(notebook: Notebook) -> Notebook:
    """The notebook with nbgrader's metadata in the schema of today. Raises CourseError."""
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator

    validator = MetadataValidator()
    upgraded = nbformat.from_dict(copy.deepcopy(notebook))
    try:
        for cell in upgraded["cells"]:
            if isinstance(cell["metadata"].get("nbgrader"), dict):
                validator.upgrade_cell_metadata(cell)
    except Exception as fault:  # the validators trust what they are given
        raise CourseError(
            f"has nbgrader metadata that cannot be brought up to schema {METADATA_SCHEMA} "
            f"({type(fault).__name__}: {fault}). Run: nbgrader update FILE"
        ) from fault
    return plain(upgraded)
