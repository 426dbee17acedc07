"""The outer wall: the command line that starts the zygote behind bubblewrap.

bubblewrap builds this wall once for all submissions: no network, a file system of a few read-only
paths without the course, a pid namespace. Open descriptors stay open, and the environment is the
caller's.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from autograder.sandbox.levels import Level

SYSTEM_PATHS = (
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
USER_PER_SLOT = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_CHOWN")
CAPABILITIES = {
    "namespaces": (*USER_PER_SLOT, "CAP_SYS_ADMIN", "CAP_NET_ADMIN"),
    "landlock": (*USER_PER_SLOT, "CAP_KILL", "CAP_DAC_OVERRIDE"),
}


@dataclass(frozen=True)
class VisiblePaths:
    """Absolute paths that exist behind the wall, all read-only."""

    read_only: tuple[str, ...]


def system_paths() -> tuple[str, ...]:
    """The paths that a Python like this one needs: its own, its libraries', the system's. Nothing
    else of a home directory, and of a course root at most the virtual environment."""
    python = (sys.prefix, sys.base_prefix, *_resolved_python_folder())
    return tuple(path for path in dict.fromkeys((*SYSTEM_PATHS, *python)) if os.path.lexists(path))


def distribution_packages(name: str = "mlsys-course") -> tuple[str, ...]:
    """Folders of the packages that a distribution installed, but for this one. A submission must
    not see them: it gets the course's packages only as far as they are no exercise."""
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return ()
    names = sorted({path.parts[0] for path in installed.files or () if len(path.parts) > 1})
    folders = [Path(str(installed.locate_file(name))) for name in names if name != "autograder"]
    return tuple(str(folder) for folder in folders if (folder / "__init__.py").is_file())


def _resolved_python_folder() -> tuple[str, ...]:
    """The installation that a chain of links from sys.executable ends in, if it is elsewhere."""
    folder = Path(sys.executable).resolve().parent
    return (str(folder.parent),) if folder.name == "bin" else (str(folder),)


def bwrap_path() -> str:
    """The path of bubblewrap; '' where it is not installed."""
    return shutil.which("bwrap") or ""


def command(level: Level, python: list[str], visible: VisiblePaths) -> list[str]:
    """The command line that runs `python` behind the outer wall of `level`, if it has one."""
    if not level.behind_bubblewrap:
        return python
    wall = [*_namespace_arguments(level), *_mount_arguments(visible)]
    return [bwrap_path() or "bwrap", *wall, "--", *python]


def _namespace_arguments(level: Level) -> list[str]:
    walls = ["net", "pid", "ipc", "uts", *([] if _is_root() else ["user"])]
    capabilities = CAPABILITIES[level.walls] if _is_root() else ()
    return [
        "--die-with-parent",
        "--new-session",
        *(f"--unshare-{wall}" for wall in walls),
        *("--cap-drop", "ALL"),
        *(word for capability in capabilities for word in ("--cap-add", capability)),
    ]


def _mount_arguments(visible: VisiblePaths) -> list[str]:
    words = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"]
    for folder in _parent_folders(visible):
        words += ["--perms", "0755", "--dir", folder]
    for path in _outermost(visible):
        if Path(path).is_symlink():
            words += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            words += ["--ro-bind", path, path]
    return [*words, "--remount-ro", "/"]


def _outermost(visible: VisiblePaths) -> list[str]:
    """The visible paths, without those that a visible folder holds anyway."""
    folders = {Path(p) for p in visible.read_only if Path(p).is_dir() and not Path(p).is_symlink()}
    return [path for path in visible.read_only if not folders & set(Path(path).parents)]


def _parent_folders(visible: VisiblePaths) -> list[str]:
    """The folders above the visible paths. bubblewrap would close them to all users but its own."""
    paths = {Path(path) for path in visible.read_only}
    above = {folder for path in paths for folder in path.parents}
    return sorted(str(f) for f in above if f != Path("/") and not {f, *f.parents} & paths)


def _is_root() -> bool:
    return os.geteuid() == 0


def docker_command(image: str, course: Path, words: list[str]) -> list[str]:
    """The command line that runs the whole grader in a container, where there is no Linux to ask.

    Docker's own filters forbid the walls to be built inside, so they make way for them; only the
    course folder is shared. Untried where no Docker daemon runs, and that is where it was written.
    """
    return [
        *("docker", "run", "--rm", "--interactive", "--init", "--network", "none"),
        *("--cap-drop", "ALL"),
        *(
            word
            for capability in (*CAPABILITIES["namespaces"], "CAP_DAC_OVERRIDE")
            for word in ("--cap-add", capability)
        ),
        *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
        *("--volume", f"{course.resolve()}:/course", "--workdir", "/course"),
        *(image, "autograder", *words),
    ]
