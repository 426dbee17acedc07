"""What this machine can do with boards, and for what it cannot, the line to type.

What is looked at (`Facts`) and what is said about it (`findings`) are apart, so that the words for
Linux, macOS and Windows can be read and tested on any of them.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hardware_labs.boards import BOARDS, BoardKind
from hardware_labs.errors import BoardError, BoardMissing
from hardware_labs.install import again_line, boards_line
from hardware_labs.packages import missing_packages
from hardware_labs.port_access import Access, access_fix, look_at_access

LIBRARIES = {  # distribution: (oldest version that works, what needs it)
    "numpy": ((2, 0), "all labs"),
    "matplotlib": ((3, 10), "the plots of all labs"),
    "ipywidgets": ((7, 7), "the panel and the live plots"),
    "pyserial": ((3, 5), "all boards"),
    "unicorn": ((2, 1), "emulated boards"),
    "ziglang": ((0, 13), "builds of firmware"),
}
DOORS = {  # distribution: our module that loads it
    "matplotlib": "matplotlib.pyplot",
    "ipywidgets": "hardware_labs.widgets.live",
    "pyserial": "hardware_labs.transports.serial_port",
    "unicorn": "hardware_labs.emulation.cortex_m",
    "anywidget": "hardware_labs.widgets.page",
}
NICE_LIBRARIES = {"anywidget": ((0, 9), "boards on the browser's machine (Web Serial)")}


@dataclass(frozen=True)
class Facts:
    """What was seen on this machine. `shut` are serial devices that this user may not open. What is
    in the way of a library, a folder, the compiler, terminals, recordings or the course's own files
    is a few words, "" where nothing is."""

    system: str
    user: str = "you"
    versions: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    in_dialout: bool = False
    group_waits: bool = False
    has_modem_manager: bool = False
    cache: str = ""
    registry: str = ""
    compiler: str = ""
    terminals: str = ""
    recordings: str = ""
    files: str = ""

    @property
    def access(self) -> Access:
        return Access(self.system, self.user, self.in_dialout, self.group_waits)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `state` is "ok", "BAD" (a lab cannot start), or "opt" (it can,
    and something further could be had); `message` says what was found, and the fix."""

    subject: str
    state: str
    message: str


def examine(facts: Facts | None = None) -> list[Finding]:
    """All findings about this machine, or about one of which `facts` tell. Boards are started only
    where their libraries are there."""
    facts = look() if facts is None else facts
    machine_findings = findings(facts)
    if any(finding.state == "BAD" and finding.subject in LIBRARIES for finding in machine_findings):
        skipped = Finding(
            "emulated boards", "BAD", f"not tried: libraries are missing. Run: {boards_line()}"
        )
        return [*machine_findings, skipped]
    return [*machine_findings, *(_board(kind, _started) for kind in BOARDS)]


def look() -> Facts:
    """The facts of this machine."""
    from hardware_labs.emulation import registry
    from hardware_labs.emulation.sensor_files import FILES, names

    devices = [str(path) for pattern in _patterns() for path in sorted(Path("/dev").glob(pattern))]
    versions = {name: _version(name) for name in [*LIBRARIES, *NICE_LIBRARIES]}
    return Facts(
        **asdict(look_at_access()),
        versions=versions,
        broken={name: _load_trouble(DOORS[name]) for name in DOORS if versions[name]},
        devices=tuple(devices or _windows_ports()),
        shut=tuple(path for path in devices if not os.access(path, os.R_OK | os.W_OK)),
        has_modem_manager=_runs("ModemManager"),
        cache=_cache_trouble(),
        registry=_trouble(registry.folder()),
        compiler=_compiler_trouble(),
        terminals=_terminal_trouble(),
        recordings=", ".join(sorted(set(FILES) - set(names()))),
        files=", ".join(unreadable(own_files())),
    )


def findings(facts: Facts) -> list[Finding]:
    """What the facts mean, the most basic things first."""
    return [
        *(_library(name, facts, "BAD") for name in LIBRARIES),
        *(_library(name, facts, "opt") for name in NICE_LIBRARIES),
        _folder("firmware cache", facts.cache, "MLSYS_CACHE"),
        _folder("board registry", facts.registry, "MLSYS_BOARDS"),
        *_compiler(facts),
        _recordings(facts),
        _own_files(facts),
        *_terminals(facts),
        _ports(facts),
        *_modem_manager(facts),
    ]


def _library(name: str, facts: Facts, state: str) -> Finding:
    oldest, purpose = {**LIBRARIES, **NICE_LIBRARIES}[name]
    version, least = facts.versions.get(name, ""), ".".join(map(str, oldest))
    if not version:
        return Finding(name, state, f"not installed; {purpose} need it. Run: {boards_line()}")
    if facts.broken.get(name):
        return Finding(name, state, facts.broken[name])
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < oldest:
        fix = f"Run: pip install --upgrade '{name}>={least}'"
        return Finding(name, state, f"{version} is too old for {purpose}; {least} works. {fix}")
    return Finding(name, "ok", version)


def _folder(subject: str, trouble: str, variable: str) -> Finding:
    if trouble:
        return Finding(
            subject, "BAD", f"{trouble}. Set {variable} to a folder that you may write to."
        )
    return Finding(subject, "ok", "can be written")


def _compiler(facts: Facts) -> list[Finding]:
    """Nothing where it could not be tried, since a library is missing."""
    if facts.compiler:
        fix = "Run: pip install --force-reinstall ziglang"
        return [Finding("compiler", "BAD", f"does not compile: {facts.compiler}. {fix}")]
    is_tried = facts.versions.get("ziglang") and facts.versions.get("numpy")
    return [Finding("compiler", "ok", "compiles for a Cortex-M")] if is_tried else []


def _recordings(facts: Facts) -> Finding:
    if facts.recordings:
        return Finding("recordings", "BAD", f"{facts.recordings} not found. {_again()}")
    return Finding("recordings", "ok", "all there")


def _again() -> str:
    line = again_line()
    return f"Run: {line}" if line else "Install the course again, from your instructor's wheel"


def _own_files(facts: Facts) -> Finding:
    """The panel's script and the firmware's C are opened: a broken install may lack them."""
    if facts.files:
        return Finding("course files", "BAD", f"cannot be read: {facts.files}. {_again()}")
    return Finding("course files", "ok", "the panel's script and the firmware's C can be read")


def _terminals(facts: Facts) -> list[Finding]:
    """Windows has none, and needs none: there an emulated board is a TCP port."""
    if not facts.terminals or facts.system == "win32":
        return []
    words = (
        f"none can be opened ({facts.terminals}). Emulated boards are TCP ports instead, which "
        "every lab can use; a bad wire that is a serial device (FaultyPort) is not there"
    )
    return [Finding("terminals", "opt", words)]


def _ports(facts: Facts) -> Finding:
    subject = "serial ports"
    if facts.shut:
        fix = access_fix(facts.access, facts.shut[0])
        return Finding(subject, "BAD", f"{', '.join(facts.shut)}: no access. {fix}")
    listed = ", ".join(facts.devices) or "no board on USB (an emulated one needs none)"
    return Finding(subject, "ok", listed + _hint(facts))


def _hint(facts: Facts) -> str:
    """What is usually got wrong with the names of ports on this system."""
    if facts.system == "darwin":
        return ". Connect to the /dev/cu.* name: /dev/tty.* waits for a modem's signal"
    if facts.system == "win32":
        high = [name for name in facts.devices if re.fullmatch(r"COM\d\d+", name)]
        if high:
            return (
                f". {high[0]} is above COM9: other programs may want it as \\\\.\\{high[0]}; "
                "here the plain name works"
            )
    return ""


def _modem_manager(facts: Facts) -> list[Finding]:
    """It opens each new ttyACM device and sends it modem commands for up to half a minute."""
    if not facts.has_modem_manager:
        return []
    boards = [path for path in facts.devices if "ttyACM" in path]
    where = (
        f"It may hold {', '.join(boards)}" if boards else "It will hold a board that you plug in"
    )
    return [
        Finding(
            "ModemManager",
            "opt",
            f"runs. {where} for half a minute and send it commands. If a board is busy or garbled "
            "after plugging in, run: sudo systemctl stop ModemManager  (for good: sudo systemctl "
            "disable --now ModemManager, where no modem is needed)",
        )
    ]


def _board(kind: BoardKind, start: Callable[[BoardKind], str]) -> Finding:
    """A board that needs a package which pip has not got is optional; each lab says which it takes.
    Any other trouble is the lab's too."""
    subject = f"emu:{kind.name}"
    try:
        return Finding(subject, "ok", start(kind))
    except BoardMissing as error:
        return Finding(subject, "opt" if missing_packages(kind) else "BAD", str(error))
    except BoardError as error:
        return Finding(subject, "BAD", str(error))


def _started(kind: BoardKind) -> str:
    from hardware_labs.board import Board

    with Board.connect(f"emu:{kind.name}?fast") as board:
        return f"built; {board.name} on {board.port} answers in {board.ping():.1f} ms"


def own_files() -> list[Path]:
    """The files of the panel's script and of the firmware that no import would miss."""
    from hardware_labs.firmware.replacements import KERNELS, SOURCES
    from hardware_labs.widgets.scripts import page_files

    chips = {f"chips/{kind.chip}.c" for kind in BOARDS if kind.emulator in ("unicorn", "qemu")}
    parts = {f"{part}.c" for part in ("infer", "load", "main", "sensor", "start", "stream", "text")}
    names = {"board.ld", "chip.h", "commands.h", "kernels.h"} | parts | KERNELS | chips
    return [*page_files(), *(SOURCES / name for name in sorted(names))]


def unreadable(paths: list[Path]) -> list[str]:
    """Those of the files that cannot be opened or are empty."""
    unreadable_paths = []
    for path in paths:
        try:
            is_whole = bool(path.read_bytes())
        except OSError:
            is_whole = False
        if not is_whole:
            unreadable_paths.append(str(path))
    return unreadable_paths


def _patterns() -> tuple[str, ...]:
    return ("cu.usb*",) if sys.platform == "darwin" else ("ttyACM*", "ttyUSB*")


def _windows_ports() -> list[str]:
    if sys.platform != "win32":
        return []
    from hardware_labs.transports.serial_port import ports

    return [port.port for port in ports()]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _runs(name: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            if path.read_text().strip() == name:
                return True
        except OSError:
            continue
    return False


def _load_trouble(module: str) -> str:
    """Why a module of ours cannot be loaded though its library is installed, "" where it can."""
    try:
        importlib.import_module(module)
    except BoardError as error:
        return str(error)
    except ImportError as error:
        return f"does not load here ({error}). Run: {boards_line()}"
    return ""


def _compiler_trouble() -> str:
    """A library that is not there is told of as a library."""
    if not (_version("numpy") and _version("ziglang")):
        return ""
    from hardware_labs.firmware.build import compiler_trouble

    try:
        return compiler_trouble()
    except (BoardError, OSError) as error:
        return str(error).rstrip(".")


def _terminal_trouble() -> str:
    """Why no pseudo-terminal can be opened, "" where one can."""
    try:
        for end in os.openpty():
            os.close(end)
    except (AttributeError, OSError) as error:
        return str(error)
    return ""


def _cache_trouble() -> str:
    from hardware_labs.firmware.cache import cache_dir

    try:
        return _trouble(cache_dir())
    except BoardError as error:
        return str(error).rstrip(".")


def _trouble(folder: Path) -> str:
    """Why a file cannot be made in `folder`, "" where it can. subtle: root may do all but write to
    a read-only file system, so it is tried."""
    probe = folder / f"probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})"
    return ""
