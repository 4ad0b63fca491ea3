"""`python -m api city …`: adopting a city from the command line."""

import asyncio
import tomllib
from collections.abc import Coroutine
from typing import Any, TextIO, TypeVar

import click
import msgspec

import geo.areas
from api.cities.book import UnknownCity
from api.clock import wall_clock

T = TypeVar("T")


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


@city.command()
@click.argument("code")
def export(code: str) -> None:
    """Write the whole configuration of the city with this CODE as one readable TOML file."""
    click.echo(_asked(_export(code)), nl=False)


@city.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--as", "code", help="Copy it to the city with this Kemendagri code.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_(file: TextIO, code: str | None, dry_run: bool) -> None:
    """Make a city's configuration equal to FILE: all of it or nothing."""
    for line in _asked(_import(file.read(), code, dry_run)):
        click.echo(line)


def _asked(answer: Coroutine[Any, Any, T]) -> T:
    """What the domain refuses, in words."""
    from api.catalogue import text
    from api.cities.errors import StillInUse
    from api.errors import FieldRefused

    try:
        return asyncio.run(answer)
    except UnknownCity as error:
        raise click.ClickException(f"{error.code!r} is no city here.") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise click.ClickException(f"The file cannot be read: {error}") from error
    except FieldRefused as error:
        raise click.ClickException(f"{error.field}: {text(error.key, 'en', **error.facts)}") from error
    except StillInUse as error:
        raise click.ClickException(text("still-in-use.detail", "en")) from error


async def _export(code: str) -> str:
    from api.cities.configuration import read_configuration, write_toml
    from api.cities.importing import find_city
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=2)
    try:
        found = await find_city(code)
        if found is None:
            raise UnknownCity(code)
        return write_toml(await read_configuration(found, wall_clock()))
    finally:
        await DB.close_connection_pool()


async def _import(written: str, code: str | None, is_dry: bool) -> list[str]:
    from api.cities.configuration import read_toml
    from api.cities.copying import copied
    from api.cities.importing import find_city, import_configuration, plan_import
    from api.cities.ledger import Author
    from api.cities.onboarding import template_of
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=2)
    try:
        wanted, told, author = read_toml(written), list[str](), Author(None, wall_clock())
        if code is not None:
            copy = copied(wanted, await template_of(code, geo.areas))
            wanted = copy.configuration
            told = [f"keyed anew: {line}" for line in copy.keyed_anew] + [f"left out: {line}" for line in copy.left_out]
        if is_dry:
            plan = await plan_import(await find_city(wanted.city.code), wanted, author)
        else:
            plan = await import_configuration(wanted, author)
    finally:
        await DB.close_connection_pool()
    end = f"{len(plan)} differences; nothing was changed." if is_dry else f"{len(plan)} changes made."
    return [*told, *map(str, plan), end]


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
