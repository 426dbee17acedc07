"""Notebooks of older formats, brought up to today's in memory, as `nbgrader update` would.

nbformat 1 to 3 becomes 4 by nbformat's own converters, and nbgrader's metadata of schema 0 to 2
becomes 3 by nbgrader's; both libraries are imported only where such a notebook comes.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from autograder.model import CourseError
from autograder.notebook.cells import Notebook

METADATA_SCHEMA = 3


def is_old_format(document: dict[str, Any]) -> bool:
    """Whether it looks like a notebook of nbformat 1, 2 or 3."""
    version = document.get("nbformat", 3 if "worksheets" in document else None)
    return isinstance(version, int) and not isinstance(version, bool) and version in (1, 2, 3)


def to_current_format(document: dict[str, Any]) -> Notebook:
    """A notebook of nbformat 1 to 3 as nbformat 4. Raises CourseError where it cannot be."""
    import nbformat

    version = document.get("nbformat", 3)
    whole = {"metadata": {}, "nbformat_minor": 0, **document, "nbformat": version}
    try:
        notebook = nbformat.reads(json.dumps(whole), as_version=4)
    except Exception as fault:  # the converters trust what they are given
        raise CourseError(
            f"has the old notebook format {version} and cannot be brought up to 4 "
            f"({type(fault).__name__}). Open it in JupyterLab and save it."
        ) from fault
    return _plain(notebook)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def has_old_metadata(notebook: Notebook) -> bool:
    """Whether a cell's nbgrader metadata is of an older schema than today's."""
    return any(
        _schema(cell) < METADATA_SCHEMA
        for cell in notebook["cells"]
        if isinstance(cell.get("metadata", {}).get("nbgrader"), dict)
    )


def _schema(cell: dict[str, Any]) -> int:
    version = cell["metadata"]["nbgrader"].get("schema_version", 0)
    return version if isinstance(version, int) else 0


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
    return _plain(upgraded)
