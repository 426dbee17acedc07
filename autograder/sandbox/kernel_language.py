"""Which language a notebook is written in, and what its kernel is called."""

from __future__ import annotations

from typing import Any

from autograder.notebook.cells import Notebook


def kernel_name(notebook: Notebook) -> str:
    """The name of a notebook's kernel; python3 where it says none."""
    return _text(notebook, "kernelspec", "name") or "python3"


def language(notebook: Notebook) -> str:
    """The language of a notebook in small letters. One that says no language but names a kernel
    counts as the language of that name, unless this looks like a Python's."""
    named = _text(notebook, "kernelspec", "language") or _text(notebook, "language_info", "name")
    name = kernel_name(notebook)
    return (named or ("python" if "py" in name.lower() else name)).lower()


def _text(notebook: Notebook, table: str, key: str) -> str:
    entries: Any = notebook.get("metadata", {}).get(table)
    value = entries.get(key) if isinstance(entries, dict) else None
    return value if isinstance(value, str) else ""
