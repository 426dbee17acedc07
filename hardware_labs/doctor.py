"""What this machine can do with boards, and for what it cannot, the line to type.

What is looked at (`Facts`) and what is said about it (`findings`) are apart, so that the words for
Linux, macOS and Windows can be read and tested on any of them.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hardware_labs.boards import BOARDS, BoardKind
from hardware_labs.errors import BoardError, BoardMissing

EXTRA = "pip install 'mlsys-course[boards]'"
LIBRARIES = {  # distribution: (oldest version that works, what needs it)
    "pyserial": ((3, 5), "every board"),
    "unicorn": ((2, 1), "emulated boards"),
    "ziglang": ((0, 13), "building firmware"),
    "ipywidgets": ((7, 7), "the panel and the plots"),
}
NICE_LIBRARIES = {"anywidget": ((0, 9), "boards on the browser's machine (Web Serial)")}
RULE = "/etc/udev/rules.d/99-mlsys-boards.rules"


@dataclass(frozen=True)
class Facts:
    """What was seen on this machine. `shut` are serial devices that this user may not open."""

    system: str
    user: str = "you"
    versions: dict[str, str] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    in_dialout: bool = False
    group_waits: bool = False
    has_modem_manager: bool = False
    cache: str = ""
    registry: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `state` is "ok", "BAD" (a lab cannot start), or "opt" (it can,
    and something further could be had); `message` says what was found, and the fix."""

    subject: str
    state: str
    message: str


def examine() -> list[Finding]:
    """All findings about this machine. Boards are started only where their libraries are there."""
    facts = look()
    seen = findings(facts)
    if any(finding.state == "BAD" and finding.subject in LIBRARIES for finding in seen):
        skipped = Finding(
            "emulated boards", "BAD", f"not tried: libraries are missing. Run: {EXTRA}"
        )
        return [*seen, skipped]
    return [*seen, *(_board(kind, _started) for kind in BOARDS)]


def look() -> Facts:
    """The facts of this machine."""
    from hardware_labs.emulation import registry

    devices = [str(path) for pattern in _patterns() for path in sorted(Path("/dev").glob(pattern))]
    names = [*LIBRARIES, *NICE_LIBRARIES]
    return Facts(
        system=sys.platform,
        user=_user(),
        versions={name: _version(name) for name in names},
        devices=tuple(devices or _windows_ports()),
        shut=tuple(path for path in devices if not os.access(path, os.R_OK | os.W_OK)),
        in_dialout=_is_member(now=True),
        group_waits=_is_member(now=False) and not _is_member(now=True),
        has_modem_manager=_runs("ModemManager"),
        cache=_cache_trouble(),
        registry=_trouble(registry.folder()),
    )


def findings(facts: Facts) -> list[Finding]:
    """What the facts mean, the most basic things first."""
    return [
        *(_library(name, facts, "BAD") for name in LIBRARIES),
        *(_library(name, facts, "opt") for name in NICE_LIBRARIES),
        _folder("firmware cache", facts.cache, "MLSYS_CACHE"),
        _folder("board registry", facts.registry, "MLSYS_BOARDS"),
        _ports(facts),
        *_modem_manager(facts),
    ]


def _library(name: str, facts: Facts, state: str) -> Finding:
    oldest, purpose = {**LIBRARIES, **NICE_LIBRARIES}[name]
    found, least = facts.versions.get(name, ""), ".".join(map(str, oldest))
    if not found:
        return Finding(
            name, state, f"not installed; {purpose} need it. Run: {EXTRA}  (or: pip install {name})"
        )
    if tuple(int(number) for number in re.findall(r"\d+", found)[:2]) < oldest:
        fix = f"Run: pip install --upgrade '{name}>={least}'"
        return Finding(name, state, f"{found} is too old for {purpose}; {least} works. {fix}")
    return Finding(name, "ok", found)


def _folder(subject: str, trouble: str, variable: str) -> Finding:
    if trouble:
        return Finding(
            subject, "BAD", f"{trouble}. Set {variable} to a folder that you may write to."
        )
    return Finding(subject, "ok", "can be written")


def _ports(facts: Facts) -> Finding:
    subject = "serial ports"
    if facts.shut:
        return Finding(subject, "BAD", f"{', '.join(facts.shut)}: no access. {_access_fix(facts)}")
    listed = ", ".join(facts.devices) or "no board on USB (an emulated one needs none)"
    return Finding(subject, "ok", listed + _hint(facts))


def _access_fix(facts: Facts) -> str:
    """Why a device that is there cannot be opened, and what to do, for each system."""
    if facts.group_waits:
        return (
            f"{facts.user} was added to the group of serial ports, but this session began before "
            "that. Log out and in again (on a hub: stop the server and start it again)."
        )
    if facts.system.startswith("linux") and not facts.in_dialout:
        return (
            f"Run: sudo usermod -aG dialout {facts.user}  (on Arch: uucp) and log in again. "
            "If a group does not help, give the port to whoever sits at the machine: "
            f"""echo 'KERNEL=="ttyACM*", TAG+="uaccess"' | sudo tee {RULE} """
            "&& sudo udevadm control --reload && sudo udevadm trigger"
        )
    if facts.system.startswith("linux"):
        return (
            f"{facts.user} is in the group dialout, but the device belongs to another. "
            f"Run: ls -l {facts.shut[0]}  and ask for that group, or: "
            f"sudo setfacl -m u:{facts.user}:rw {facts.shut[0]}"
        )
    if facts.system == "darwin":
        return "Use the /dev/cu.* name of the port, not /dev/tty.*, and unplug and plug it once."
    return "Close the program that uses it (Arduino IDE, another notebook), then try again."


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
        return Finding(subject, "opt", str(error))
    except BoardError as error:
        return Finding(subject, "BAD", str(error))


def _started(kind: BoardKind) -> str:
    from hardware_labs.board import Board

    with Board.connect(f"emu:{kind.name}?fast") as board:
        return f"built; {board.name} on {board.port} answers in {board.ping():.1f} ms"


def _patterns() -> tuple[str, ...]:
    return ("cu.usb*",) if sys.platform == "darwin" else ("ttyACM*", "ttyUSB*")


def _windows_ports() -> list[str]:
    if sys.platform != "win32":
        return []
    from hardware_labs.transports.serial_port import ports

    return [port.port for port in ports()]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "$USER"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _is_member(now: bool) -> bool:
    """Of the group dialout: in this session, or by the table that the next login will read."""
    try:
        import grp

        group = grp.getgrnam("dialout")
    except (ImportError, KeyError):
        return False
    return group.gr_gid in os.getgroups() if now else _user() in group.gr_mem


def _runs(name: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            if path.read_text().strip() == name:
                return True
        except OSError:
            continue
    return False


def _cache_trouble() -> str:
    from hardware_labs.firmware.build import cache_dir

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
