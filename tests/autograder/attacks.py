"""What a hostile submission would try, and a small zygote that lets it try from within a jail.

Runs behind the walls: standard library and the inner wall only. Every attack returns plain data.
"""

from __future__ import annotations

import ctypes
import encodings.idna  # noqa: F401  (a slot may not see this Python's files)
import errno
import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from autograder.sandbox.inside.walls import jail, seccomp, syscalls


def outcome(attempt, *arguments):
    """The name of the error that an attempt met, or 'done'."""
    try:
        attempt(*arguments)
    except OSError as refused:
        return errno.errorcode.get(refused.errno, str(refused))
    return "done"


def nothing():
    return "nothing"


def who_am_i():
    lines = Path("/proc/self/status").read_text().splitlines()
    return {
        "uid": os.getuid(),
        "ids": {*os.getresuid(), *os.getresgid()} <= {os.getuid(), os.getgid()},
        "groups": len(os.getgroups()),
        "folder": str(Path.cwd()),
        "home": os.environ["HOME"],
        "umask": os.umask(0),
        "leads": os.getsid(0) == os.getpid(),
        "host": socket.gethostname(),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
        **dict(line.split(":\t") for line in lines if line.startswith(("Cap", "NoNew", "Seccomp"))),
    }


def read(paths):
    return [outcome(Path(path).read_bytes) for path in paths]


def write(paths):
    return [outcome(Path(path).write_bytes, b"x") for path in paths]


def change(path, victim):
    """What landlock has no word for: modes, owners, attributes, limits of another process."""
    return [
        outcome(os.chmod, path, 0),
        outcome(os.chown, path, -1, os.getgid()),
        outcome(os.setxattr, path, "user.x", b"x"),
        outcome(os.truncate, path, 0),
        outcome(resource.prlimit, victim, resource.RLIMIT_NOFILE, (1, 1)),
    ]


def connect(port, name):
    return {
        "abroad": outcome(socket.create_connection, ("192.0.2.1", 80), 2),
        "host": outcome(socket.create_connection, ("127.0.0.1", port), 2),
        "abstract": outcome(_call_abstract, name),
    }


def _call_abstract(name):
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect("\0" + name)


def open_sockets():
    """What comes of sockets of rarer kinds: netlink, packet, AF_ALG, vsock, bluetooth, XDP."""
    kinds = {"netlink": 16, "packet": 17, "alg": 38, "vsock": 40, "bluetooth": 31, "xdp": 44}
    return {name: outcome(socket.socket, kind, 3, 0) for name, kind in kinds.items()}


def talk_to_itself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].sendall(b"heard")).start()
        with socket.create_connection(server.getsockname()) as caller:
            return caller.recv(5).decode()


def escape_from_a_socket_pair(path):
    """A datagram socket of a pair can be sent to any address, if it can be made."""
    return outcome(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM), outcome(_send_to, path)


def _send_to(path):
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", path)


def kill_others(victim):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    numbers = [n for n in range(2, 4000) if n not in (os.getpid(), victim)]
    hit = [n for n in numbers if outcome(os.kill, n, signal.SIGTERM) == "done"]
    for number in (signal.SIGKILL, signal.SIGINT, signal.SIGSEGV, signal.SIGTERM):
        outcome(os.kill, 1, number)
    return {"hit": hit, "victim": outcome(os.kill, victim, signal.SIGKILL)}


def call_what_is_refused():
    column = seccomp.MACHINES[os.uname().machine][1]
    numbers = {name: pair[column] for name, pair in seccomp.REFUSED.items()}
    return {
        name: outcome(syscalls.call, number, 0, 0, 0, 0)
        for name, number in numbers.items()
        if number is not None
    }


def make_namespaces():
    clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    new = ("NEW_NS", "NEW_UTS", "NEW_IPC", "NEW_USER", "NEW_PID", "NEW_NET")
    flags = [getattr(syscalls, name) | signal.SIGCHLD for name in new]
    return [outcome(syscalls.call, clone, flag, 0, 0, 0, 0) for flag in flags]


def call_the_future():
    return outcome(syscalls.call, 435, 0, 0), outcome(syscalls.call, seccomp.NEWEST_CALL + 1, 0, 0)


def read_init():
    tries = {"fd": os.listdir, "root": os.readlink, "cwd": os.readlink}
    names = ("environ", "mem", "maps", "cmdline", *tries)
    return [outcome(tries.get(name, _first_byte), f"/proc/1/{name}") for name in names]


def _first_byte(path):
    with Path(path).open("rb") as file:
        file.read(1)


def find_in_environments(secret):
    paths = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            paths += [str(entry)] if secret.encode() in entry.read_bytes() else []
        except OSError:
            continue
    return paths


def fork_many():
    """Forks until it is refused; the children wait until everything here ends."""
    count = 0
    while count < 1000:
        try:
            child = os.fork()
        except OSError:
            return count
        if child == 0:
            signal.pause()
        count += 1
    return count


def eat_memory(size):
    try:
        return len(bytearray(size))
    except MemoryError:
        return "MemoryError"


def eat_memory_in_many(size, processes):
    """Each child stays below the limit of one process; together they are far above."""
    for _ in range(processes):
        if os.fork() == 0:
            _hoard(size)
    return sorted({os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(processes)})


def _hoard(size):
    memory = b"x" * size
    time.sleep(0.3)
    os._exit(len(memory) & 0)


def fill_disk():
    return sum(_fill(Path(folder)) for folder in (Path.home(), "/tmp", "/dev/shm"))


def _fill(folder):
    byte_count = 0
    for index in range(40):
        try:
            byte_count += (folder / str(index)).write_bytes(bytes(1 << 20))
        except OSError:
            return byte_count
    return byte_count


def make_files():
    for index in range(10**6):
        try:
            Path(str(index)).touch()
        except OSError as full:
            return index, errno.errorcode[full.errno]
    return 10**6, "done"


def open_descriptors():
    return sorted(int(entry.name) for entry in Path("/proc/self/fd").iterdir())[:-1]


def leave_a_daemon():
    """A double fork, a session of its own, deaf to signals, and our pipe still open in it."""
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
    os.wait()
    return "left"


def leave_a_daemon_and_stay():
    leave_a_daemon()
    return str(Path.cwd())


def open_a_terminal():
    master, slave = os.openpty()
    os.write(slave, b"hello\n")
    typed = outcome(fcntl.ioctl, slave, 0x5412, b"x")
    return os.read(master, 7).decode(), os.ttyname(slave), typed


def run_a_shell():
    return subprocess.run("echo $((6*7)) | cat", shell=True, capture_output=True, text=True).stdout


def settle(port):
    """Leave traces that a neighbour could find, then wait to be ended."""
    Path("/tmp/trace").write_text("mine")
    Path("/dev/shm/trace").write_text("mine")
    server = socket.create_server(("127.0.0.1", port))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0neighbour")
    abstract.listen()
    return os.getuid(), server.fileno() > 0


def look_around(port):
    folders = ("/tmp", "/dev/shm", "/home/student")
    traces = [str(p) for folder in folders for p in Path(folder).glob("trace*")]
    pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    met = connect(port, "neighbour")
    return {"traces": traces, "pids": set(pids) <= {os.getpid()}, "uid": os.getuid(), **met}


def crash():
    ctypes.string_at(0)


def leave(code):
    os._exit(code)


def fake_an_exit_report():
    """Write an end of its own to every descriptor there is."""
    for number in range(64):
        if number not in (0, 1, 2):
            outcome(os.write, number, b'{"exit": 0}\n')
    os._exit(3)


STAYS = ("settle", "fork_many", "stay", "leave_a_daemon_and_stay")


def stay():
    return os.getpid()


def serve(number):
    """Fork an attacker for every request, and give a handle of the process that enters."""
    control = socket.socket(fileno=number)
    me = os.getpid()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 3)
        if not data:
            return
        child = os.fork()
        if child == 0:
            _attack(json.loads(data), *descriptors, me)
        handle = os.pidfd_open(child)
        socket.send_fds(control, [b"."], [handle])
        for descriptor in (*descriptors, handle):
            os.close(descriptor)


def _attack(request, answer, exit_report, gate, parent):
    try:
        os.read(gate, 1)
        settings = jail.JailSettings(**request["settings"], open_descriptors=[answer])
        jail.enter_jail(settings, exit_report, parent)
        result = globals()[request["attack"]](**request["arguments"])
        os.write(answer, json.dumps(result).encode() + b"\n")
        if request["attack"] in STAYS:
            time.sleep(60)
    except BaseException as fault:  # noqa: BLE001  (a fork must never get back into the loop)
        os.write(answer, json.dumps(repr(fault)).encode() + b"\n")
    finally:
        os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serve(int(sys.argv[1]))
