"""A place to try attacks from: a zygote behind an outer wall or none, as root or as nobody."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import attacks
import ordinary_user

from autograder.sandbox import bubblewrap, choose_level
from autograder.sandbox.levels import LEVELS

PATIENCE_S = 20
FIRST_UID = 1_000_000 + 8 * os.getpid()  # two test runs must not count each other's processes
OWN_CODE = choose_level.sandbox_code_paths()
VISIBLE = bubblewrap.VisiblePaths((*bubblewrap.system_paths(), *OWN_CODE, attacks.__file__))


@dataclass
class Attacker:
    """One slot that attacks: a handle of the process that entered, its answer, its exit report."""

    handle: int
    answer: int
    exit_report: int

    def message(self):
        return json.loads(_line(self.answer))

    def ends(self):
        """Its exit report, and that nothing holds its pipes any more: all of it is gone."""
        line = _line(self.exit_report)
        _drain(self.exit_report)
        _drain(self.answer)
        return json.loads(line) if line else {}

    def pid(self):
        lines = Path(f"/proc/self/fdinfo/{self.handle}").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))

    def init(self):
        return int(Path(f"/proc/{self.pid()}/task/{self.pid()}/children").read_text())

    def kill(self):
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def close(self):
        for descriptor in (self.handle, self.answer, self.exit_report):
            os.close(descriptor)


def _line(descriptor):
    """The first line that comes, or '' at the end of the pipe."""
    text = b""
    while not text.endswith(b"\n"):
        part = _next_bytes(descriptor)
        if not part:
            return text.decode()
        text += part
    return text.splitlines()[0].decode()


def _drain(descriptor):
    while _next_bytes(descriptor):
        pass


def _next_bytes(descriptor):
    ready, _, _ = select.select([descriptor], [], [], PATIENCE_S)
    assert ready, f"nothing came, and nothing ended, within {PATIENCE_S} s"
    return os.read(descriptor, 1 << 16)


class Yard:
    """A running zygote and the walls that its forks get."""

    def __init__(self, isolation, user):
        self.walls, self.user = isolation.walls, user
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        python = [sys.executable, "-P"]
        as_user = [*python, ordinary_user.__file__] if user == "nobody" else []
        start = [*python, __file__, isolation.name, str(theirs.fileno())]
        python_path = f"{ordinary_user.HERE}:{Path(__file__).parent}"
        with theirs:
            self.zygote = subprocess.Popen(
                [*as_user, *start],
                pass_fds=[theirs.fileno()],
                env={"PYTHONPATH": python_path, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            )

    def enters(self, attack, settings=None, group=None, **arguments):
        """An Attacker that has just been forked; its control group, if any, counts all of it."""
        answer, answered = os.pipe()
        exit_report, report_writer = os.pipe()
        gate, word = os.pipe()
        defaults = {"walls": self.walls, "read_only": VISIBLE.read_only, "first_uid": FIRST_UID}
        all_settings = {"slot": 0, **defaults, **(settings or {})}
        request = {"attack": attack, "arguments": arguments, "settings": all_settings}
        socket.send_fds(
            self.control, [json.dumps(request).encode()], [answered, report_writer, gate]
        )
        _, handles, _, _ = socket.recv_fds(self.control, 1, 1)
        one = Attacker(handles[0], answer, exit_report)
        assert group is None or group.add(one.pid())
        os.write(word, b"!")
        for descriptor in (answered, report_writer, gate, word):
            os.close(descriptor)
        return one

    @contextmanager
    def attacker(self, attack, settings=None, group=None, **arguments):
        one = self.enters(attack, settings, group, **arguments)
        try:
            yield one
        finally:
            one.kill()
            one.close()

    def tries(self, attack, settings=None, **arguments):
        """What the attack says came of it, once it has ended of itself."""
        with self.attacker(attack, settings, **arguments) as one:
            answer = _line(one.answer)
            exit_report = one.ends()
            assert answer, f"the attack said nothing and ended: {exit_report}"
            assert exit_report == {"exit": 0}
            return json.loads(answer)

    def exit_report(self, attack, settings=None, **arguments):
        with self.attacker(attack, settings, **arguments) as one:
            return one.ends()

    def close(self):
        self.control.close()
        self.zygote.kill()
        self.zygote.wait()


def start(name, number):
    """Become the zygote: here it is known who asks for the outer wall."""
    isolation = next(one for one in LEVELS if one.name == name)
    python = [sys.executable, "-P", attacks.__file__, number]
    command = bubblewrap.command(isolation, python, VISIBLE)
    os.execv(command[0], command)


if __name__ == "__main__":
    start(*sys.argv[1:])
