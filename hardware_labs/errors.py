"""What can go wrong with a board. Every message says what was needed, what came and what to do."""

from hardware_labs.install import boards_line


class BoardError(Exception):
    """Anything about a board; the subclasses say what."""


class BoardMissing(BoardError):
    """There is no such board or port, or a library to reach it is not installed."""


class BoardBusy(BoardError):
    """Somebody else holds the port."""


class BoardLost(BoardError):
    """The board went away: unplugged, powered off, or its emulator ended. `event` happened, and a
    `cure` for a cell; a panel has another."""

    def __init__(self, event: str, cure: str = "") -> None:
        super().__init__(f"{event} {cure}".strip())
        self.event, self.cure = event, cure


class BoardSilent(BoardError):
    """No answer in time."""


class LineJunk(BoardSilent):
    """No answer in time, and what came instead is no text: another rate, or another firmware."""


class BoardRefused(BoardError):
    """A no: the board answered `e-[...]`, or what it tells shows that it cannot do what was asked,
    so that nothing was sent."""


class BoardGarbled(BoardError):
    """An answer arrived damaged: three times, or once where it may not be asked for again."""


class Stopped(BoardError):
    """Somebody stopped what was going on; the board is still there."""


class RecordingBroken(BoardError):
    """A recorded data set is not what its manifest says."""


class BuildError(BoardError):
    """The firmware could not be built, usually because it does not fit the board."""


def missing_library(library: str, purpose: str, error: ImportError) -> BoardMissing:
    """The error for a library of the extra `boards` that is not installed, or does not load."""
    module = {"pyserial": "serial"}.get(library, library)
    if not isinstance(error, ModuleNotFoundError) or error.name != module:
        return BoardMissing(
            f"{purpose} needs '{library}', which does not load here ({error}). "
            f"Run: pip install --force-reinstall {library}"
        )
    return BoardMissing(
        f"{purpose} needs '{library}', which is not installed. Run: {boards_line()}"
    )
