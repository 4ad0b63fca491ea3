"""What every list of open data may be asked for: the filters of its address, read once."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request
from litestar.params import FromQuery, QueryParameter

from api.catalogue import language_of
from api.cities.book import City, UnknownCity
from api.clock import clock_of
from api.errors import FieldRefused
from api.public.open_reports import Written
from api.public.selection import Wanted, read_box
from api.reports.permits import agency_and_below
from api.reports.status import State

Asked = Request[Any, Any, Any]
Code = Annotated[str | None, QueryParameter(pattern=r"^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$")]
Key = Annotated[str | None, QueryParameter(max_length=100)]


async def read_wanted(  # noqa: PLR0913  # one argument a query parameter
    request: Asked,
    *,
    city: Code = None,
    category: Key = None,
    report_state: Annotated[State | None, QueryParameter(name="state")] = None,
    is_open: FromQuery[bool | None] = None,
    area: Code = None,
    agency: Key = None,
    bbox: Annotated[str | None, QueryParameter(max_length=200)] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    updated_since: FromQuery[datetime | None] = None,
) -> Wanted:
    """Raises UnknownCity, FieldRefused."""
    chosen = await cities_of(request, city)
    return Wanted(
        city=chosen[0].id if city else None,
        categories=categories_of(chosen, category),
        state=report_state,
        is_open=is_open,
        area=area,
        agencies=_agencies(chosen, agency),
        box=read_box(bbox),
        since=with_zone("since", since),
        until=with_zone("until", until),
        updated_since=with_zone("updated_since", updated_since),
    )


async def cities_of(request: Asked, code: str | None) -> tuple[City, ...]:
    """The one of this code, or all. Raises UnknownCity."""
    book = request.app.state.cities
    if code is None:
        return tuple(await book.cities())
    found = await book.city_of(code)
    if found is None:
        raise UnknownCity(code)
    return (found,)


def categories_of(cities: tuple[City, ...], key: str | None) -> tuple[int, ...] | None:
    if key is None:
        return None
    return tuple(c.id for city in cities for c in city.every_category.values() if c.key == key)


def _agencies(cities: tuple[City, ...], key: str | None) -> tuple[int, ...] | None:
    """With their units."""
    if key is None:
        return None
    named = [(city, agency.id) for city in cities for agency in city.agencies.values() if agency.key == key]
    return tuple(sorted({unit for city, agency in named for unit in agency_and_below(city, agency)}))


def with_zone(field: str, at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise FieldRefused(field, "body-no-zone")
    return at


def written_for(request: Asked) -> Written:
    return Written(language_of(request), request.app.state.settings.base_url, clock_of(request)())
