"""The environment of JupyterLite's own tools: apart from the course's, made with pip from PyPI.

JupyterLite of that time and the JupyterLab of today do not go into one environment: the kernel's
extension for the page would also be loaded by JupyterLab.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lite.errors import LiteError

REQUIREMENTS = Path(__file__).parent / "builder.txt"
HOME = Path(__file__).parents[2] / "dist" / "lite-builder"
KERNEL = Path("share/jupyter/labextensions/@jupyterlite/xeus-python-kernel/static")


@dataclass(frozen=True)
class Builder:
    """An environment in `home` that holds what builder.txt names."""

    home: Path

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        return next(self.home.glob("lib/python3.*/site-packages"))

    def run(self, *words: str | Path, folder: Path) -> None:
        """Runs `jupyter lite` in `folder`. LiteError with its last line where it fails."""
        program = self.home / "bin" / "jupyter"
        completed = subprocess.run(
            [program, "lite", *words], cwd=folder, capture_output=True, text=True, check=False
        )
        if completed.returncode:
            raise LiteError(f"JupyterLite did not build the site: {_last(completed)}")


def ready(home: Path = HOME) -> Builder:
    """The builder, made in some ten seconds where it is missing or its versions have changed."""
    requirements, mark = REQUIREMENTS.read_text(encoding="utf-8"), home / "ready.txt"
    if not mark.is_file() or mark.read_text(encoding="utf-8") != requirements:
        _step(sys.executable, "-m", "venv", "--clear", home)
        pip = (home / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check")
        _step(*pip, "--quiet", "-r", REQUIREMENTS)
        mark.write_text(requirements, encoding="utf-8")
    return Builder(home)


def _step(*command: str | Path) -> None:
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode:
        raise LiteError(
            f"The tools of JupyterLite could not be installed: {_last(completed)} They come from "
            f"PyPI: is this machine connected? The versions are in {REQUIREMENTS}."
        )


def _last(completed: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (completed.stderr or completed.stdout).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing."
