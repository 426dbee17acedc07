"""Notebooks of older formats: nbformat 1 to 3 becomes 4, in memory, by nbformat's own converters.

The library is imported only where such a notebook comes. What is in nbgrader's metadata of an older
schema is brought up to date in `settings/nbgrader_update.py`.
"""

from __future__ import annotations

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
    full_document = {"metadata": {}, "nbformat_minor": 0, **document, "nbformat": version}
    try:
        notebook = nbformat.reads(json.dumps(full_document), as_version=4)
    except Exception as fault:  # the converters trust what they are given
        raise CourseError(
            f"has the old notebook format {version} and cannot be brought up to 4 "
            f"({type(fault).__name__}). Open it in JupyterLab and save it."
        ) from fault
    return plain(notebook)


def plain(value: Any) -> Any:
    """nbformat's own objects as dictionaries and lists."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


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
