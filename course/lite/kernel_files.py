"""What Python in the page has: archives that the kernel unpacks before the first cell.

The kernel brings Python, NumPy and IPython. Added are the course's packages from the students'
wheel, ipywidgets, and the stand-ins in kernel/ (see `STAND_INS`).
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from lite.builder import KERNEL, Builder

SITE_PACKAGES = "lib/python3.11/site-packages"
ARCHIVE = "course.tar.gz"
TABLE = "empack_env_meta.json"
STAND_INS = Path(__file__).parent / "kernel"
START_UP = "etc/ipython/startup/course.py"  # run by IPython before the first cell
PACKAGES = ("coursekit", "perfsim", "tinytorch", "olympics")  # of the wheel; no boards here
WIDGETS = ("ipywidgets", "comm")  # of the builder
UNUSED = ("pip", "setuptools", "wheel")  # of the kernel: nothing can be installed in a page


def write(site: Path, builder: Builder, wheel: dict[str, bytes]) -> None:
    """Adds the archive to the site's kernel, and its line to the kernel's table."""
    folder = site / "extensions" / KERNEL.relative_to("share/jupyter/labextensions")
    (folder / ARCHIVE).write_bytes(packed(files(builder, wheel)))
    table = json.loads((folder / TABLE).read_text(encoding="utf-8"))
    for row in [row for row in table["packages"] if row["name"] in UNUSED]:
        table["packages"].remove(row)
        (folder / row["filename"]).unlink()
    stem = ARCHIVE.removesuffix(".tar.gz")
    course = {"name": stem, "version": "0", "build": "0", "filename_stem": stem}
    table["packages"].append({**course, "filename": ARCHIVE})
    (folder / TABLE).write_text(json.dumps(table, indent=1), encoding="utf-8")


def files(builder: Builder, wheel: dict[str, bytes]) -> dict[str, bytes]:
    """The files of the archive by their path in the kernel; a stand-in takes the place of a file
    of the same name."""
    course_files = ((n, data) for n, data in wheel.items() if n.partition("/")[0] in PACKAGES)
    libraries = (
        (path.relative_to(builder.packages).as_posix(), path.read_bytes())
        for name in WIDGETS
        for path in _modules(builder.packages / name)
    )
    placed = {f"{SITE_PACKAGES}/{name}": data for name, data in (*libraries, *course_files)}
    return {**placed, **dict(_stand_ins())}


def packed(contents: dict[str, bytes]) -> bytes:
    """A tar.gz without times, so that equal files are equal bytes."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, data in sorted(contents.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def _stand_ins() -> Iterator[tuple[str, bytes]]:
    for path in _modules(STAND_INS):
        name = path.relative_to(STAND_INS).as_posix()
        place = START_UP if name == "startup.py" else f"{SITE_PACKAGES}/{name}"
        yield place, path.read_bytes()


def _modules(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if "tests" not in path.parts)
