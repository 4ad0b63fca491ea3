"""`python -m api media …`: photos from one store into another, and what may go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg
import click
from msgspec.structs import asdict
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.clock import wall_clock
from api.settings import Settings
from api.settings import read_settings as settings
from media.errors import MediaError
from media.gauges import count as count_swept
from media.moving import Moved, move
from media.store import Store, open_one, open_store
from media.sweeping import Sweep, give_up_unattached, give_up_unfinished

console = Console(highlight=False)
NEXT = """\
If MEDIA_URL still names the old store alone: write "NEW OLD" (both, a space between), restart api and worker, and
type this again for what came meanwhile. Then MEDIA_URL can be NEW alone."""


@click.group()
def media() -> None:
    """The photos' store."""


@media.command(name="move")
@click.option("--to", metavar="URL", help="The new store; without it, the first of two addresses in MEDIA_URL.")
@click.option("--remove", is_flag=True, help="Take each photo out of the old store after its copy was compared.")
def move_photos(to: str | None, *, remove: bool) -> None:
    """Copy all photos into another store and compare each, while the service runs. Stopped, type it again.

    First set MEDIA_URL to the new address, a space, and the old one, and restart api and worker: from then on new
    photos go into the new store, and old ones are found in either. Then move. Then leave out the old address.
    """
    addresses = settings().photo_store_url.split()
    new = to or addresses[0]
    sources = [address for address in addresses if address != new]
    if not sources:
        raise click.UsageError("MEDIA_URL names no other store than the one to move to.")
    if remove and addresses[0] != new:
        raise click.UsageError("--remove only when MEDIA_URL begins with the new store: the service reads the old one.")
    try:
        moved = asyncio.run(_move(open_one(sources[-1]), open_one(new), remove=remove))
    except MediaError as error:
        raise click.ClickException(f"{error}. Nothing is lost; type it again to go on.") from None
    console.print(
        f"{moved.copied} copied and compared ({moved.bytes / 1e6:.1f} MB), {moved.present} were there already, "
        f"{moved.newer} are newer there, {moved.gone} were deleted meanwhile."
    )
    if not remove:
        console.print(NEXT)


@media.command(name="sweep")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--force", "is_believed", is_flag=True, help="Also when more than a tenth of the store is unknown.")
def sweep_store(*, dry_run: bool, is_believed: bool) -> None:
    """What the worker does every day: give up unused photos, delete objects that nobody means."""

    async def run() -> dict[str, int]:
        from api.piccolo_conf import DB  # the settings are read with it, and `--help` must work without any

        await DB.start_connection_pool(min_size=1, max_size=2)
        try:
            return await sweep_all(settings(), wall_clock(), is_real=not dry_run, is_believed=is_believed)
        finally:
            await DB.close_connection_pool()

    try:
        counts = asyncio.run(run())
    except MediaError as error:
        raise click.ClickException(str(error)) from None
    console.print("would be swept:" if dry_run else "swept:")
    for name, count in counts.items():
        console.print(f"  {name.replace('_', ' ')}: {count}")
    if counts["held_back"]:
        raise click.ClickException(
            "Too much is unknown to this database. If the store is its own, repeat with --force."
        )


async def sweep_all(settings: Settings, now: datetime, *, is_real: bool, is_believed: bool) -> dict[str, int]:
    """Counts by name, as in media.sweeping.Swept, with the photos given up before."""
    from api.reports.unattached import unattached

    unused = await unattached(now)
    counts = {
        "unfinished": await give_up_unfinished(now, is_real=is_real),
        "unattached": await give_up_unattached(unused, now) if is_real else len(unused),
    }
    kept = timedelta(days=settings.original_kept_days)
    sweep = Sweep(open_store(settings.photo_store_url), now, kept, is_real=is_real)
    swept = await sweep.run(is_believed=is_believed)
    if is_real:
        await count_swept(swept, now)
    return counts | asdict(swept)


async def _move(old: Store, new: Store, *, remove: bool) -> Moved:
    columns = (TextColumn("photos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with _alone():
        with Progress(*columns, console=console, transient=True) as bars:
            bar = bars.add_task("photos", total=None)
            return await move(old, new, remove=remove, step=lambda done, n: bars.update(bar, completed=done, total=n))


ALONE = """
-- held as long as the connection
SELECT pg_try_advisory_lock(hashtext('media move'))
"""


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    connection = await asyncpg.connect(settings().database_url)
    try:
        if not await connection.fetchval(ALONE):
            raise click.ClickException("Photos are being moved already.")
        yield
    finally:
        await connection.close()
