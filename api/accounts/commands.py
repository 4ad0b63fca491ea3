"""`python -m api account …`: the first people who answer; later ones are made by an administrator."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import get_args

import click

from api.accounts.errors import LoginTaken
from api.accounts.speaker import Grant, Role
from api.clock import wall_clock

HAND_OVER = "{} enrols with the code {} until {:%d.%m.%Y %H:%M} UTC. Hand it over in person; it is shown once."


@click.group()
def account() -> None:
    """People who answer reports."""


@account.command()
@click.argument("login")
@click.option("--role", type=click.Choice(get_args(Role)), required=True)
@click.option("--city", "city_code", help="Kemendagri code of the city, such as 32.76. Without it: all cities.")
@click.option("--agency", "agency_key", help="Key of the agency, such as dpupr; covers its units.")
@click.option("--area", "area_code", help="Code of the area that an area head answers for.")
@click.option("--password", envvar="ACCOUNT_PASSWORD", help="Else one is made and shown once.")
@click.option("--enrol", "is_enrolled", is_flag=True, help="No password: a code, and a second factor is required.")
def add(  # noqa: PLR0913  # one argument an option
    *, login: str, role: Role, city_code: str, agency_key: str, area_code: str, password: str | None, is_enrolled: bool
) -> None:
    """Make an account with one grant."""
    chosen = None if is_enrolled else password or secrets.token_urlsafe(12)
    try:
        asyncio.run(_add(login, chosen, role, (city_code, agency_key, area_code)))
    except LoginTaken as error:
        raise click.ClickException(f"{error.login} is taken.") from error
    if is_enrolled:
        click.echo(asyncio.run(_enrol(login)))
        return
    click.echo(f"{login} ({role}) can sign in." + ("" if password else f" Password, shown once: {chosen}"))


@account.command()
@click.argument("login")
def enrol(login: str) -> None:
    """Give a new code: password, second factor and sessions that the account had end at once."""
    click.echo(asyncio.run(_enrol(login)))


@asynccontextmanager
async def connected() -> AsyncIterator[None]:
    from api.piccolo_conf import DB

    await DB.start_connection_pool(min_size=1, max_size=2)
    try:
        yield
    finally:
        await DB.close_connection_pool()


async def _enrol(login: str) -> str:
    from api.accounts.enrolment import issue
    from api.accounts.staff import account_of

    async with connected():
        found = await account_of(login)
        if found is None:
            raise click.ClickException(f"There is no {login}.")
        given = await issue(found, wall_clock())
    return HAND_OVER.format(given.login, given.enrolment_code, given.valid_until)


async def _add(login: str, password: str | None, role: Role, where: tuple[str, str, str]) -> None:
    from api.accounts.staff import add_account
    from api.cities.book import CityBook
    from api.piccolo_conf import DB

    city_code, agency_key, area_code = where
    async with connected():
        city = await CityBook(DB).city_of(city_code) if city_code else None
        if city_code and city is None:
            raise click.ClickException(f"{city_code} is not served yet: python -m api city add {city_code}")
        agencies = {agency.key: agency.id for agency in city.agencies.values()} if city else {}
        if agency_key and agency_key not in agencies:
            raise click.ClickException(f"No agency {agency_key!r}. There are: {', '.join(sorted(agencies))}")
        grant = Grant(0, role, city.id if city else None, agencies.get(agency_key), area_code or None)
        await add_account(login, password, [grant], wall_clock())
