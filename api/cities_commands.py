"""`python -m api city …`: adopting a city from the command line."""

import asyncio

import click

import geo.areas
from api.cities.book import UnknownCity
from api.clock import wall_clock


@click.group()
def city() -> None:
    """The cities that this installation serves."""


@city.command()
@click.argument("code")
def add(code: str) -> None:
    """Adopt the kabupaten or kota with this Kemendagri CODE, such as 32.76. Repeating it changes nothing."""
    try:
        click.echo(asyncio.run(_add(code)))
    except UnknownCity as error:
        raise click.ClickException(
            f"{error.code!r} is no known kabupaten or kota. Write its Kemendagri code as PP.KK, such as 32.76. "
            "If the code is right, load the areas first: python -m api areas load."
        ) from error


async def _add(code: str) -> str:
    # Here and not above: the settings are read with it, and `--help` must work without any.
    from api.cities.onboarding import add_city
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=1)
    try:
        added = await add_city(code, wall_clock(), areas=geo.areas)
    finally:
        await DB.close_connection_pool()
    made = (
        f"{added.agencies} agencies, {added.groups} category groups, {added.categories} categories, "
        f"{added.rules} routing rules"
    )
    if added.is_new:
        return f"{added.name} ({added.code}) is ready: {made}."
    return f"{added.name} ({added.code}) was there already; added what was missing: {made}."
