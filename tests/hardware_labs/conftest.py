"""A place for this session's emulated boards, apart from those of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware_labs.board import Board


@pytest.fixture(autouse=True)
def own_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLSYS_BOARDS", str(tmp_path / "boards"))


@pytest.fixture
def board() -> Iterator[Board]:
    """An emulated Nano 33 BLE behind a serial device, not held to the time on the wall."""
    with Board.connect("emu:nano33?fast") as connected:
        yield connected
