"""What the doctor says, for every system, from facts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hardware_labs.boards import BOARDS, board_kind
from hardware_labs.doctor import (
    LIBRARIES,
    NICE_LIBRARIES,
    Facts,
    Finding,
    _board,
    examine,
    findings,
    look,
    own_files,
    unreadable,
)
from hardware_labs.errors import BoardMissing, BoardSilent, BuildError
from hardware_labs.firmware.build import compiler_trouble
from hardware_labs.install import boards_line
from hardware_labs.packages import FILES

GOOD = dict.fromkeys([*LIBRARIES, *NICE_LIBRARIES], "99.0")


def finding(facts: Facts, subject: str) -> Finding:
    return next(row for row in findings(facts) if row.subject == subject)


def test_a_machine_without_trouble_has_only_good_findings():
    facts = Facts("linux", versions=GOOD, devices=("/dev/ttyACM0",))
    assert {row.state for row in findings(facts)} == {"ok"}


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_that_a_lab_needs_is_bad_when_it_is_missing_or_old(name: str):
    missing = finding(Facts("linux", versions=GOOD | {name: ""}), name)
    assert missing.state == "BAD"
    assert missing.message.endswith(f"Run: {boards_line()}")
    old = finding(Facts("linux", versions=GOOD | {name: "0.1"}), name)
    assert old.state == "BAD"
    assert f"pip install --upgrade '{name}>=" in old.message


def test_a_library_for_web_serial_only_is_optional():
    assert finding(Facts("linux", versions=GOOD | {"anywidget": ""}), "anywidget").state == "opt"


@pytest.mark.parametrize(
    "facts, words",
    [
        (
            Facts("linux", user="ada", shut=("/dev/ttyACM0",)),
            ["sudo usermod -aG dialout ada", "log in again", "udevadm", "/dev/ttyACM0: no access"],
        ),
        (
            Facts("linux", user="ada", shut=("/dev/ttyACM0",), group_waits=True),
            ["ada was added", "Log out and in again", "stop the server"],
        ),
        (
            Facts("linux", user="ada", shut=("/dev/ttyUSB1",), in_dialout=True),
            ["ls -l /dev/ttyUSB1", "setfacl -m u:ada:rw /dev/ttyUSB1"],
        ),
        (Facts("darwin", shut=("/dev/cu.usbmodem1",)), ["/dev/cu.*", "not /dev/tty.*"]),
        (Facts("win32", shut=("COM3",)), ["Close the program", "Arduino IDE"]),
    ],
)
def test_a_device_that_may_not_be_opened_is_bad_and_has_a_fix(facts: Facts, words: list[str]):
    port_finding = finding(facts, "serial ports")
    assert port_finding.state == "BAD"
    assert [word for word in words if word not in port_finding.message] == []


def test_each_system_has_its_hint_about_names():
    mac = finding(Facts("darwin", devices=("/dev/cu.usbmodem14101",)), "serial ports")
    assert "/dev/cu.*" in mac.message and mac.state == "ok"
    windows = finding(Facts("win32", devices=("COM3", "COM11")), "serial ports")
    assert r"\\.\COM11" in windows.message and windows.state == "ok"
    assert "COM" not in finding(Facts("linux"), "serial ports").message


def test_a_modem_manager_is_named_with_the_devices_it_takes():
    quiet = findings(Facts("linux", devices=("/dev/ttyACM0",)))
    assert "ModemManager" not in [row.subject for row in quiet]
    facts = Facts("linux", devices=("/dev/ttyACM0",), has_modem_manager=True)
    modem_finding = finding(facts, "ModemManager")
    assert modem_finding.state == "opt"
    assert (
        "/dev/ttyACM0" in modem_finding.message
        and "systemctl stop ModemManager" in modem_finding.message
    )


def test_a_folder_that_cannot_be_written_is_bad():
    facts = Facts("linux", cache="/x cannot be written (Read-only file system)", registry="/y no")
    assert finding(facts, "firmware cache").state == "BAD"
    assert "Set MLSYS_CACHE" in finding(facts, "firmware cache").message
    assert "Set MLSYS_BOARDS" in finding(facts, "board registry").message


def fails(error: Exception):
    def start(kind: object) -> str:
        raise error

    return start


def test_a_board_that_needs_a_package_is_optional_and_one_that_fails_is_bad(monkeypatch):
    kind = BOARDS[0]
    assert _board(kind, lambda _: "built").state == "ok"
    missing = BoardMissing("needs avr-libc: sudo apt install avr-libc")
    monkeypatch.setitem(FILES, "avr-libc", Path("/none"))
    optional = _board(board_kind("uno"), fails(missing))
    assert (optional.state, "apt install" in optional.message) == ("opt", True)
    assert _board(kind, fails(missing)).state == "BAD"  # pip has all that this one needs
    assert _board(kind, fails(BuildError("It does not fit."))).state == "BAD"
    assert _board(kind, fails(BoardSilent("It says nothing."))).state == "BAD"


def test_a_library_that_is_there_and_does_not_load_is_bad():
    broken = {"pyserial": "A serial port needs 'pyserial', which does not load here (...)"}
    library_finding = finding(Facts("linux", versions=GOOD, broken=broken), "pyserial")
    assert (library_finding.state, library_finding.message) == ("BAD", broken["pyserial"])


def test_a_package_that_hides_pyserial_is_found_out(tmp_path: Path):
    """There is another package called serial, and it has nothing that we need."""
    (tmp_path / "serial").mkdir()
    (tmp_path / "serial" / "__init__.py").write_text("")
    script = (
        "from hardware_labs.doctor import examine\n"
        "seen = {each.subject: each for each in examine()}\n"
        "print(seen['pyserial'].state, seen['pyserial'].message, seen['emulated boards'].state)"
    )
    surroundings = os.environ | {"PYTHONPATH": str(tmp_path)}
    completed = subprocess.run(
        [sys.executable, "-c", script], env=surroundings, capture_output=True, text=True
    )
    assert completed.stdout.startswith(
        "BAD A serial port needs 'pyserial', which does not load here"
    )
    assert "pip install --force-reinstall pyserial" in completed.stdout
    assert completed.stdout.rstrip().endswith("BAD")


def test_a_compiler_that_does_not_compile_is_bad_and_missing_recordings_too():
    facts = Facts("linux", versions=GOOD, compiler="exec format error", recordings="mote")
    assert finding(facts, "compiler").state == finding(facts, "recordings").state == "BAD"
    assert "force-reinstall ziglang" in finding(facts, "compiler").message


def test_the_compiler_is_tried_and_not_only_looked_for(tmp_path: Path, monkeypatch):
    assert compiler_trouble() == ""
    monkeypatch.setattr("hardware_labs.firmware.build.FLAGS", ("-no-such-flag",))
    assert "no-such-flag" in compiler_trouble()


def test_a_machine_without_pseudo_terminals_can_still_emulate():
    facts = Facts("linux", versions=GOOD, terminals="out of pty devices")
    terminal_finding = finding(facts, "terminals")
    assert (terminal_finding.state, "TCP" in terminal_finding.message) == ("opt", True)
    windows = Facts("win32", versions=GOOD, terminals="no openpty")
    assert "terminals" not in [row.subject for row in findings(windows)]


def test_without_libraries_the_boards_are_not_called_good():
    bare = Facts("linux", versions=GOOD | {"unicorn": ""})
    states = {row.subject: row.state for row in examine(bare)}
    assert (states["unicorn"], states["emulated boards"]) == ("BAD", "BAD")


def test_this_machine_is_looked_at():
    facts = look()
    assert set(facts.versions) == set(LIBRARIES) | set(NICE_LIBRARIES)
    assert facts.versions["pyserial"] and facts.user and facts.cache == facts.registry == ""


def test_a_registry_that_is_a_file_is_found_out(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MLSYS_BOARDS", str(tmp_path / "file"))
    assert finding(look(), "board registry").state == "BAD"


def test_a_file_that_no_import_would_miss_is_opened(tmp_path: Path):
    names = {path.name for path in own_files()}
    assert {"panel.js", "recorder.js", "button.js", "panel.css", "main.c", "nrf52840.c"} <= names
    assert unreadable(own_files()) == []
    (tmp_path / "empty.js").touch()
    unreadable_files = unreadable([tmp_path / "empty.js", tmp_path / "gone.c"])
    assert unreadable_files == [str(tmp_path / "empty.js"), str(tmp_path / "gone.c")]
    file_finding = finding(Facts("linux", versions=GOOD, files=unreadable_files[1]), "course files")
    assert file_finding.state == "BAD" and "gone.c. Run: " in file_finding.message


def test_every_file_of_the_panels_script_is_looked_at():
    folder = next(path.parent for path in own_files() if path.name == "panel.js")
    assert {path for path in own_files() if path.parent == folder} == set(folder.iterdir())
