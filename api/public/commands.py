"""`python -m api key …`: keys of the systems that report through Open311."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from api.clock import wall_clock

T = TypeVar("T")


@click.group()
def key() -> None:
    """Keys for Open311."""


@key.command()
@click.argument("name")
@click.option("--city", "city_code", required=True, help="Kemendagri code of the city, such as 32.76.")
@click.option("--per-hour", type=click.IntRange(1, 1_000_000), default=600, show_default=True, help="Reports an hour.")
def add(name: str, city_code: str, per_hour: int) -> None:
    """Make a key for the system NAME; it is shown once."""
    from api.cities.book import CityBook
    from api.piccolo_conf import DB
    from api.public.open311.keys import add_key

    async def make() -> tuple[int, str]:
        city = await CityBook(DB).city_of(city_code)
        if city is None:
            raise click.ClickException(f"{city_code} is not served yet: python -m api city add {city_code}")
        return await add_key(name, city.id, per_hour, wall_clock())

    number, made = _run(make)
    click.echo(f"Key {number} of {name}, shown once: {made}")


@key.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Take back key NUMBER, at once and for ever."""
    from api.public.open311.keys import revoke_key

    if not _run(lambda: revoke_key(number, wall_clock())):
        raise click.ClickException(f"There is no key {number}.")
    click.echo(f"Key {number} is revoked.")


def _run(use: Callable[[], Awaitable[T]]) -> T:
    from api.piccolo_conf import DB

    async def with_pool() -> T:
        await DB.start_connection_pool(min_size=1, max_size=2)
        try:
            return await use()
        finally:
            await DB.close_connection_pool()

    return asyncio.run(with_pool())
