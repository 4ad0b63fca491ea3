"""`python -m api areas …`: boundaries from the command line; a dry run unless told otherwise."""

import asyncio
import datetime as dt
import tempfile
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.areas_report import show
from api.clock import wall_clock
from geo import boundaries, drawings, national
from geo.editions import Version, VersionExists

PACKAGES = Path(national.__file__).parent / "node_modules"
MAX_DOWNLOAD_BYTES = 1_000_000_000
DOWNLOAD_TIMEOUT_S = 60
REFUSALS = (
    boundaries.BoundariesUnreadable,
    VersionExists,
    national.PackageUnreadable,
)

if TYPE_CHECKING:  # no handlers here; importing it would read the settings
    from api.reports.resolve import Resolution

T = TypeVar("T")
console = Console(highlight=False)


@click.group()
def areas() -> None:
    """Boundaries of kabupaten, kecamatan, kelurahan, desa and nagari."""


@areas.command(name="national")
@click.argument("folder", type=click.Path(path_type=Path), default=PACKAGES)
def load_the_national_edition(folder: Path) -> None:
    """Load the approximate national edition from the npm packages in FOLDER. Repeating it changes nothing."""

    async def run(steps: "Steps") -> national.Loaded:
        return await national.load_national(folder, wall_clock(), steps)

    loaded = _run(run)
    state = "loaded" if loaded.is_new else "was loaded already"
    console.print(f"{loaded.version} {state}: {loaded.villages} villages, {loaded.with_land} of them with land.")


@areas.command()
def draw() -> None:
    """Draw again what the map shows of areas from far. Every loading does it, too."""

    async def run(steps: "Steps") -> int:
        from api.piccolo_conf import DB

        async with DB.transaction():
            return await drawings.redraw(steps)

    console.print(f"{_run(run)} drawings made.")


@areas.command()
def resolve() -> None:
    """Say which reports lie elsewhere by the current boundaries. Changes nothing."""

    async def run(_: "Steps") -> "Resolution":
        from api.reports.resolve import resolve as resolved

        return await resolved()

    found = _run(run)
    moved = sum(move.reports for move in found.moves)
    console.print(f"{found.reports} reports, {moved} of them lie elsewhere now. Nothing was changed.")
    for move in found.moves:
        after = f"{move.after.code} {move.after.name}" if move.after else "no area"
        console.print(f"{move.reports:>7}  {move.before.code} {move.before.name} → {after}  ({move.boundary_version})")


@areas.command()
@click.argument("file_or_url")
@click.option("--version", "name", required=True, help="What reports will call it, such as 'Depok 2026'.")
@click.option("--effective", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Since when it is the law.")
@click.option("--source", required=True, help="Who published it, and which decree it follows.")
@click.option("--licence", required=True, help="Under which terms it may be shown.")
@click.option("--apply", "is_real", is_flag=True, help="Do it. Without this, only say what would be done.")
def load(file_or_url: str, name: str, effective: dt.datetime, source: str, licence: str, *, is_real: bool) -> None:
    """Bring official polygons from a file or an address.

    GeoJSON, GeoJSON lines (either gzipped), GeoPackage or zipped shapefile, in WGS 84. Polygons of villages only:
    which kecamatan and kabupaten a village belongs to follows from its Kemendagri code.
    """
    version = Version(name=name, effective=effective.date(), source=source, licence=licence, quality="official")
    with _local(file_or_url) as path:
        _run(lambda steps: _load(path, version, steps, is_real=is_real))


async def _load(path: Path, version: Version, steps: "Steps", *, is_real: bool) -> None:
    examination = await boundaries.examine(path, steps)
    steps.pause()
    show(examination.report, console)
    if not is_real:
        console.print("Nothing was changed: this was a dry run. Repeat it with --apply.")
        return
    applied = await boundaries.apply(examination, version, wall_clock(), steps)
    steps.pause()
    console.print(f"[bold]{version.name}[/] is current: {applied.villages} villages.", end=" ")
    console.print(f"{applied.refitted} approximate neighbours were redrawn." if applied.refitted else "")


class Steps:
    """One bar for each thing that is being done, gone when the next one starts."""

    def __init__(self, bars: Progress) -> None:
        self.bars, self.stage, self.task = bars, "", TaskID(-1)

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self.pause()
            self.stage, self.task = stage, self.bars.add_task(stage, total=total)
        self.bars.update(self.task, completed=done, total=total)

    def pause(self) -> None:
        if self.stage:
            self.bars.remove_task(self.task)
        self.stage = ""


def _run(use: Callable[[Steps], Awaitable[T]]) -> T:
    """With a progress bar and the one pool; a refusal ends the command with its words and status 1."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console, transient=True) as bars:
            return asyncio.run(_with_pool(use, Steps(bars)))
    except REFUSALS as refusal:
        raise click.ClickException(str(refusal)) from refusal


async def _with_pool(use: Callable[[Steps], Awaitable[T]], steps: Steps) -> T:
    # Here and not above: the settings are read with it, and `--help` must work without any.
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=2)
    try:
        return await use(steps)
    finally:
        await DB.close_connection_pool()


@contextmanager
def _local(file_or_url: str) -> Iterator[Path]:
    """The file itself, or what the address answers, kept while it is read."""
    if not file_or_url.startswith(("http://", "https://")):
        yield Path(file_or_url)
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            with urllib.request.urlopen(file_or_url, timeout=DOWNLOAD_TIMEOUT_S) as answer:  # noqa: S310  # http(s) only
                content = answer.read(MAX_DOWNLOAD_BYTES + 1)
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise click.ClickException(f"{file_or_url} cannot be fetched: {error}") from error
        if len(content) > MAX_DOWNLOAD_BYTES:
            raise click.ClickException(f"{file_or_url} has more than {MAX_DOWNLOAD_BYTES} bytes")
        copy.write(content)
        copy.flush()
        yield Path(copy.name)
