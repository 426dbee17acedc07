"""What the board's samples are: a test signal, the same for every label, or a recording, of which
one class can be chosen."""

from __future__ import annotations

from typing import Any

from hardware_labs.errors import BoardRefused
from hardware_labs.widgets.session import Session

TEST_SIGNAL = "test"
ALL = -1


def choose_source(session: Session, name: str, number: int = ALL) -> None:
    """The board streams from now on the source of that name, and of a recording only the class of
    that number. Raises BoardRefused where there is none."""
    board = session.open_board
    if name != board.info().get("source"):
        board.ask(f"set source {name}")
        number = ALL  # a number was one of the classes of the source before
    if name != TEST_SIGNAL:
        board.ask(f"set class {number}")
    _show(session, board.info(), number)


def show_source(session: Session) -> None:
    """What the board says that it streams, and what else it could. The class is the one chosen in
    the panel, unless a cell has set another since."""
    before = session.parts.get("source", {})
    try:
        facts = session.open_board.info()
    except BoardRefused:  # a board that tells nothing of itself
        facts = {}
    matches = before.get("source") == facts.get("source") and before.get("rows") == _rows(facts)
    _show(session, facts, before["number"] if matches and before else ALL)


def _show(session: Session, facts: dict[str, str], number: int) -> None:
    part: dict[str, Any] = {
        "sources": _listed(facts, "sources"),
        "source": facts.get("source", ""),
        "classes": _listed(facts, "source_classes"),
        "rows": _rows(facts),
        "number": number,
    }
    session.show("source", **part, words=_words(part))


def _listed(facts: dict[str, str], key: str) -> list[str]:
    return [name for name in facts.get(key, "").split(",") if name]


def _rows(facts: dict[str, str]) -> str:
    return facts.get("source_rows", "")


def _words(part: dict[str, Any]) -> str:
    name, classes, number = part["source"], part["classes"], part["number"]
    if not name:
        return "Source: the board does not tell what its samples are."
    if name == TEST_SIGNAL:
        other_sources = [one for one in part["sources"] if one != TEST_SIGNAL]
        choice = f" For recorded data choose {' or '.join(other_sources)}." if other_sources else ""
        return f"Source: test signal, the same for every label.{choice}"
    only = f", only '{classes[number]}'" if 0 <= number < len(classes) else ""
    return f"Source: the recording '{name}'{only} ({part['rows']} rows, then again from the first)."
