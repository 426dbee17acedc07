"""A small chapter to test on, in a workspace as the release leaves it."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_chapter import DOUBLE, TESTS, code, markdown, notebook, question, solution


@pytest.fixture(autouse=True)
def import_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where modules come from is changed for one test alone, whatever a workspace does to it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))


@pytest.fixture
def chapter() -> dict[str, Any]:
    """The instructor's notebook of a chapter that defines `double`."""
    return notebook(
        markdown("title", "# Tensor: a small one\n\nIt doubles. And more."),
        code("imports", "import os\nimport numpy as np\nfrom coursekit import check"),
        solution("double", DOUBLE),
        code("double-check", 'check("double")'),
        question("double", TESTS),
    )


@pytest.fixture
def finished(chapter: dict[str, Any]) -> dict[str, Any]:
    """The chapter as a student hands it in, solved."""
    chapter["cells"][2]["source"] = "def double(x):\n    return x + x"
    chapter["cells"][4]["source"] = TESTS.split("### BEGIN")[0]
    return chapter


@pytest.fixture
def untouched(finished: dict[str, Any]) -> dict[str, Any]:
    """The chapter as released."""
    finished["cells"][2]["source"] = "def double(x):\n    raise NotImplementedError"
    return finished


Place = Callable[[dict[str, Any]], Path]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Puts a notebook into a workspace as its 01_tensor, and goes there."""
    root = tmp_path / "my course"

    def place_notebook(book: dict[str, Any]) -> Path:
        path = root / "01_tensor" / "01_tensor.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(book), encoding="utf-8")
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        (root / "workspace.toml").write_text(
            f'course = "Test"\nversion = "1"\nassignments = ["01_tensor"]\n'
            f'[files]\n"01_tensor/01_tensor.ipynb" = "{sha}"\n'
        )
        monkeypatch.chdir(path.parent)
        return path

    return place_notebook
