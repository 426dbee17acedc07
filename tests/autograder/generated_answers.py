"""The generators of benchmarks/: honest answers, disguises, and classes of both."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def benchmark(name: str) -> ModuleType:
    """A program of benchmarks/, as a module."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(BENCHMARKS))


disguises = benchmark("disguises")
honest_answers = benchmark("honest_answers")
similarity = benchmark("similarity")
