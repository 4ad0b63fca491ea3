"""`python -m api retention`: what has had its time goes, or is only counted."""

import asyncio

import click
from msgspec.structs import asdict

from api.cities.book import CityBook
from api.clock import wall_clock
from api.piccolo_conf import DB
from api.rights.retention import Kept, retain
from api.rights.terms import terms_of
from api.settings import read_settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Count, and change nothing.")
def retention(*, dry_run: bool) -> None:
    """Take authors, staff notes and idle accounts away whose time is over; the worker does so every six hours."""
    found = asyncio.run(_run(is_real=not dry_run))
    for kind, amount in asdict(found).items():
        click.echo(f"{kind}: {amount}")


async def _run(*, is_real: bool) -> Kept:
    await DB.start_connection_pool(min_size=1, max_size=2)
    try:
        return await retain(terms_of(read_settings()), CityBook(DB), wall_clock(), is_real=is_real)
    finally:
        await DB.close_connection_pool()
