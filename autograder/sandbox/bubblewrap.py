"""The outer wall: the command line of a warm Python that has nothing of the course in sight.

bubblewrap builds it, once for all submissions: no network, a file system of read-only paths, its
own processes. Descriptors that are open stay open, and the environment is the caller's.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from autograder.sandbox.levels import Level

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/nix/store",
)
# What the inner wall does as root: every slot is a user of its own, in namespaces with a loopback;
# without them, what a slot's user leaves behind is killed and cleared away.
A_USER_EACH = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_CHOWN")
POWERS = {
    "namespaces": (*A_USER_EACH, "CAP_SYS_ADMIN", "CAP_NET_ADMIN"),
    "landlock": (*A_USER_EACH, "CAP_KILL", "CAP_DAC_OVERRIDE"),
}


@dataclass(frozen=True)
class Visible:
    """Absolute paths that exist behind the wall, all read-only."""

    read_only: tuple[str, ...]


def system_paths() -> tuple[str, ...]:
    """What a Python like this one needs: itself, its libraries, the system's. Nothing of a home
    directory beyond that, and of a course root at most the virtual environment."""
    own = (sys.prefix, sys.base_prefix, *_where_python_really_is())
    return tuple(path for path in dict.fromkeys((*SYSTEM, *own)) if os.path.lexists(path))


def installed_beside(name: str = "mlsys-course") -> tuple[str, ...]:
    """Folders of the packages that a distribution put next to this one: a submission sees its
    course's packages as far as they are no exercise, not all that staff have installed."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return ()
    tops = sorted({path.parts[0] for path in found.files or () if len(path.parts) > 1})
    folders = [Path(str(found.locate_file(top))) for top in tops if top != "autograder"]
    return tuple(str(folder) for folder in folders if (folder / "__init__.py").is_file())


def _where_python_really_is() -> tuple[str, ...]:
    """The installation that a chain of links from sys.executable ends in, if it is elsewhere."""
    folder = Path(sys.executable).resolve().parent
    return (str(folder.parent),) if folder.name == "bin" else (str(folder),)


def bubblewrap() -> str:
    """Where bubblewrap is; '' where it is not installed."""
    return shutil.which("bwrap") or ""


def command(level: Level, python: list[str], visible: Visible) -> list[str]:
    """The command line that runs `python` behind the outer wall of `level`, if it has one."""
    if not level.behind_bubblewrap:
        return python
    return [bubblewrap() or "bwrap", *_walls(level), *_shown(visible), "--", *python]


def _walls(level: Level) -> list[str]:
    walls = ["net", "pid", "ipc", "uts", *([] if _root() else ["user"])]
    powers = POWERS[level.walls] if _root() else ()
    return [
        "--die-with-parent",
        "--new-session",
        *(f"--unshare-{wall}" for wall in walls),
        *("--cap-drop", "ALL"),
        *(word for power in powers for word in ("--cap-add", power)),
    ]


def _shown(visible: Visible) -> list[str]:
    words = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"]
    for folder in _on_the_way(visible):
        words += ["--perms", "0755", "--dir", folder]
    for path in visible.read_only:
        if Path(path).is_symlink():
            words += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            words += ["--ro-bind", path, path]
    return [*words, "--remount-ro", "/"]


def _on_the_way(visible: Visible) -> list[str]:
    """Folders above what is shown. bubblewrap would close them to all users but its own."""
    shown = {Path(path) for path in visible.read_only}
    above = {folder for path in shown for folder in path.parents}
    return sorted(str(f) for f in above if f != Path("/") and not {f, *f.parents} & shown)


def _root() -> bool:
    return os.geteuid() == 0


def in_docker(image: str, course: Path, words: list[str]) -> list[str]:
    """The command line that runs the whole grader in a container, where there is no Linux to ask.

    Docker's own filters forbid the walls to be built inside, so they make way for them; only the
    course folder is shared. Untried where no Docker daemon runs, and that is where it was written.
    """
    return [
        *("docker", "run", "--rm", "--interactive", "--init", "--network", "none"),
        *("--cap-drop", "ALL"),
        *(
            word
            for power in (*POWERS["namespaces"], "CAP_DAC_OVERRIDE")
            for word in ("--cap-add", power)
        ),
        *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
        *("--volume", f"{course.resolve()}:/course", "--workdir", "/course"),
        *(image, "autograder", *words),
    ]
