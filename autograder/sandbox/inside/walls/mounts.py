"""The file system of a slot: read-only copies of a few paths, and one small disk.

pid 1 of the slot builds it in the slot's own mount namespace; afterwards no other path of the
machine can be reached. Trees are copied before the new root covers anything, so that they may lie
anywhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.sandbox.inside.walls import syscalls

ROOT = "/tmp"  # covered by the new root, in the slot's own mount namespace only
DISK = "/.disk"
SHARED_FOLDERS = {"/tmp": "tmp", "/dev/shm": "shm"}
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
DEVICE_LINKS = {
    "/dev/ptmx": "pts/ptmx",
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
BYTES_PER_FILE = 4096  # the disk holds one file for so many bytes of its size


def build(
    read_only: Sequence[str],
    hidden: Sequence[str],
    home: str,
    disk_bytes: int,
    uid: int,
    gid: int,
) -> None:
    """Make the slot's file system and move into it. `home`, /tmp and /dev/shm share the disk; the
    folders `hidden` below the read-only ones are empty."""
    syscalls.make_private("/")
    attributes = syscalls.READ_ONLY | syscalls.NO_SUID | syscalls.NO_DEVICES
    trees = {path: syscalls.copy_tree(path, attributes) for path in _topmost(read_only)}
    links = {path: str(Path(path).readlink()) for path in read_only if Path(path).is_symlink()}
    devices = {f"/dev/{name}": syscalls.copy_tree(f"/dev/{name}", 0) for name in DEVICES}
    syscalls.mount("tmpfs", ROOT, syscalls.NO_SUID | syscalls.NO_DEVICES, "mode=755,size=8m")
    parts = _disk(home, disk_bytes)
    for path, tree in {**trees, **devices}.items():
        _attach(tree, path)
    for path in hidden:
        if _under_root(path).is_dir():
            syscalls.mount("tmpfs", ROOT + path, attributes, "mode=555,size=4k")
    for path, target in {**links, **DEVICE_LINKS}.items():
        _make_link(_under_root(path), target)
    _write_etc(home, uid, gid)
    _mount_proc_and_terminals()
    for part in parts:
        os.chown(part, uid, gid)
    syscalls.restrict(ROOT, attributes)
    syscalls.pivot(ROOT)


def _under_root(path: str) -> Path:
    return Path(ROOT + path)


def _topmost(paths: Sequence[str]) -> Iterator[str]:
    """The paths that exist, are no links and lie below no other of these paths."""
    existing = [p for p in dict.fromkeys(paths) if not Path(p).is_symlink() and Path(p).exists()]
    for path in existing:
        if not any(path.startswith(parent + "/") for parent in existing):
            yield path


def _attach(tree: int, path: str) -> None:
    target = _under_root(path)
    if stat.S_ISDIR(os.fstat(tree).st_mode):
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(0o444)
    try:
        syscalls.attach(tree, str(target))
    except FileNotFoundError:  # replaced outside since the outer wall was built, as ldconfig does
        content = Path(f"/proc/self/fd/{tree}").read_bytes()
        os.close(tree)
        target.unlink()
        target.write_bytes(content)


def _make_link(link_path: Path, target: str) -> None:
    """Make the same link as outside, unless a copied tree already holds it."""
    if not os.path.lexists(link_path):
        link_path.parent.mkdir(parents=True, exist_ok=True)
        link_path.symlink_to(target)


def _disk(home: str, disk_bytes: int) -> list[Path]:
    """One tmpfs for all that can be written, so that its size bounds it all; its parts."""
    disk = _under_root(DISK)
    disk.mkdir(0o700)
    files = max(1000, disk_bytes // BYTES_PER_FILE)
    size = f"mode=700,size={disk_bytes},nr_inodes={files}"
    syscalls.mount("tmpfs", str(disk), syscalls.NO_SUID | syscalls.NO_DEVICES, size)
    parts = {path: disk / name for path, name in {home: "home", **SHARED_FOLDERS}.items()}
    for path, part in parts.items():
        part.mkdir(0o700)
        _under_root(path).mkdir(parents=True, exist_ok=True)
        syscalls.attach(syscalls.copy_tree(str(part), 0), ROOT + path)
    return list(parts.values())


def _write_etc(home: str, uid: int, gid: int) -> None:
    """The few files in which programs look up their user and host."""
    _under_root("/etc").mkdir(exist_ok=True)
    for name, text in {
        "passwd": f"student:x:{uid}:{gid}::{home}:/bin/sh\n",
        "group": f"student:x:{gid}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    }.items():
        _under_root(f"/etc/{name}").write_text(text)


def _mount_proc_and_terminals() -> None:
    """A proc of the new pid namespace, read-only, without pid 1; pseudo-terminals of its own."""
    safe = syscalls.NO_SUID | syscalls.NO_EXEC
    _under_root("/proc").mkdir()
    hardened = safe | syscalls.NO_DEVICES | syscalls.READ_ONLY
    syscalls.mount("proc", f"{ROOT}/proc", hardened, "hidepid=2")
    _under_root("/dev/pts").mkdir()
    syscalls.mount("devpts", f"{ROOT}/dev/pts", safe, "newinstance,ptmxmode=0666,mode=620")
