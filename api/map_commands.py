"""`python -m api map check|rebuild`: the counts of the public map against its points."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from api.clock import wall_clock
from geo import pyramid

T = TypeVar("T")


@click.group("map")
def map_group() -> None:
    """The counts of the public map."""


@map_group.command()
def check() -> None:
    """Count every point of the map again and compare. Changes nothing; ends with 1 when a count is wrong."""
    cells, wrong = asyncio.run(_with_pool(pyramid.check))
    click.echo(f"{cells} counts, {wrong} of them wrong")
    if wrong:
        raise click.exceptions.Exit(1)


@map_group.command()
def rebuild() -> None:
    """Count every point of the map again and right what is wrong, while everything runs on."""
    changed = asyncio.run(_with_pool(lambda: pyramid.rebuild(wall_clock())))
    click.echo(f"{changed} counts righted")


async def _with_pool(use: Callable[[], Awaitable[T]]) -> T:
    # Here and not above: the settings are read with it, and `--help` must work without any.
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=1)
    try:
        return await use()
    finally:
        await DB.close_connection_pool()
