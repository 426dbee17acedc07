"""`make olympics`: a season of the Olympics with three universities, through the real commands.

Two judges judge real entries, one of them publishes a board that lists the other's rows too, and
then closes the season. All of it lies in demo-olympics/.
"""

from __future__ import annotations

import secrets
import shutil
import sys
from pathlib import Path
from time import perf_counter

from autograder.commands import terminal
from autograder.commands.cli import main as command
from autograder.files import write_file
from autograder.olympics.example_season import write_season

FOLDER = "demo-olympics"
SEASON = "2027 spring"
TIMED_RUNS = 5  # so that a difference in time can be shown
ATTEMPTS = 3  # at times, where the machine is busy


def main() -> int:
    """Run the season in ./demo-olympics; the exit code is 0 when every command did its work."""
    start = perf_counter()
    folder = Path.cwd() / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    write_season(folder)
    for judge in ("harbour", "northfield"):
        write_file(folder / judge / "secret", secrets.token_hex(32).encode())
    entries = sorted((folder / "entries").iterdir())
    timed = [path for path in entries if "framework_sprint" in path.name]
    for _ in range(ATTEMPTS):
        if _judge(folder, "harbour", "Harbour Institute of Technology", timed, TIMED_RUNS):
            break
    _judge(folder, "harbour", "Harbour Institute of Technology", [folder / "entries"], 1)
    _judge(folder, "northfield", "Northfield University", [folder / "entries-elsewhere"], 1)
    _publish(folder, "northfield", "board-northfield")
    feed = str(folder / "board-northfield")
    _publish(folder, "harbour", "board", "--with", feed)
    closing = ("--close-season", "anonymous", "--entries", str(folder / "entries"))
    _publish(folder, "harbour", "board-closed", "--with", feed, *closing)
    terminal.print_line(f"\n{FOLDER}/board/index.html shows it. {perf_counter() - start:.0f} s.")
    return 0


def _judge(folder: Path, judge: str, name: str, entries: list[Path], runs: int) -> bool:
    """Judge these entries; returns whether none was refused because the machine was busy."""
    words = ["judge", *map(str, entries), *_common(folder, judge)]
    words += ["--secret", str(folder / judge / "secret"), "--season", SEASON, "--judge", name]
    words += ["--receipts", str(folder / judge / "receipts"), "--key", str(folder / judge / "key")]
    return _run(folder, *words, "--runs", str(runs), ok=(0, 1)) == 0


def _publish(folder: Path, judge: str, board: str, *options: str) -> None:
    words = ["publish", str(folder / board), *_common(folder, judge)]
    _run(folder, *words, "--key", str(folder / judge / "key"), *options)


def _common(folder: Path, judge: str) -> list[str]:
    ledger = f"sqlite:///{folder / judge / 'olympics.db'}"
    return ["--ledger", ledger, "--teams", str(folder / "teams.csv")]


def _run(folder: Path, *words: str, ok: tuple[int, ...] = (0,)) -> int:
    """One command as it would be typed, shown first; returns its exit code."""
    line = " ".join(f"'{word}'" if " " in word else word for word in words)
    terminal.print_line(f"\n$ autograder olympics {line}".replace(str(folder), FOLDER))
    try:
        command(["olympics", *words], standalone_mode=False)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    if code not in ok:
        sys.exit(f"olympics: 'autograder olympics {words[0]}' ended with exit code {code}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
