"""Everything into one folder, which any server of files can offer."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from lite import contents, front_page, kernel_files, site_folder
from lite.builder import HOME, ready
from lite.errors import LiteError
from lite.folder import open_folder
from lite.offer import Offer, offer
from lite.trials import Trial, recorded

TARGET = Path(__file__).parents[2] / "dist" / "lite"
SETTINGS = Path(__file__).parent / "settings.json"
PAGE_CONFIG = (
    "jupyter-lite.json"  # subtle: without it a record (.jsonl) is taken for one JSON value
)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="What `autograder publish` made. Default: the one in dist/.",
)
@click.option(
    "--target",
    type=click.Path(path_type=Path, file_okay=False),
    default=TARGET,
    help="Where the site goes: a new or empty folder, or an earlier site, which is replaced.",
)
def main(folder: Path | None, target: Path) -> None:
    """Build the course as a site that runs in the browser, into dist/lite/."""
    start = time.perf_counter()
    try:
        chosen = build(folder, target)
    except LiteError as error:
        raise click.ClickException(str(error)) from None
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    click.echo(f"{target}: {size / 1e6:.0f} MB, {time.perf_counter() - start:.0f} s")
    click.echo(f"offered: {', '.join(row.id for row in chosen.offered)}")
    for name, reason in chosen.refused.items():
        click.echo(f"not offered: {name}. {reason}")
    if any(reason.startswith("It builds on") for reason in chosen.refused.values()):
        click.echo("A closed chapter can be handed out: autograder publish --prerequisites ID")
    click.echo(f"To look at it: {sys.executable} -m http.server -b 127.0.0.1 -d {target}")


def build(
    folder: Path | None = None,
    target: Path = TARGET,
    home: Path = HOME,
    on_record: dict[str, Trial] | None = None,
) -> Offer:
    """Writes the site into `target`; an earlier site there is replaced. LiteError where `target`
    holds anything else. home: where the tools are installed;
    on_record: how the notebooks ended, default those of notebooks.toml."""
    site_folder.refuse_foreign(target)
    published = open_folder(folder)
    chosen = offer(published, recorded() if on_record is None else on_record)
    builder = ready(home)
    with tempfile.TemporaryDirectory(prefix="lite-") as draft:
        files, site = Path(draft) / "files", Path(draft) / "site"
        files.mkdir()
        shutil.copy(Path(__file__).parent / PAGE_CONFIG, draft)
        contents.write(published.space, chosen, files)
        builder.run(*_words(files, site), folder=Path(draft))
        kernel_files.write(site, builder, published.wheel)
        page = front_page.page(published.syllabus, chosen)
        (site / "index.html").write_text(page, encoding="utf-8")
        site_folder.replace(site, target)
    return chosen


def _words(files: Path, site: Path) -> list[str | Path]:
    """What JupyterLite is told: JupyterLab alone, and no environment from a conda channel."""
    return [
        "build",
        "--disable-addons=jupyterlite-xeus-python",
        "--apps=lab",
        "--no-sourcemaps",
        "--no-unused-shared-packages",
        f"--settings-overrides={SETTINGS}",
        f"--contents={files}",
        f"--output-dir={site}",
    ]
