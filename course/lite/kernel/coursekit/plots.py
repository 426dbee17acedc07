"""Stands for coursekit's module of this name: figures of the page have the course's style as they
are, and no Matplotlib to be told."""

from __future__ import annotations

from coursekit.figures.colours import CYCLE as CYCLE


def use_style() -> None:
    """Does nothing: `coursekit.figures` draws in no other style."""
