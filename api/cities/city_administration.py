"""A city itself over HTTP, for its admins: name, call centre, licence, office hours, days off, and who changed what."""

from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, delete, get, patch, put
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from api.accounts.speaker import signed_in
from api.cities.administration import Asked, author_of, city_by, match_of, tagged
from api.cities.controllers import book_of
from api.cities.days import CalendarShown, DayOff, decide_day, read_calendar, undecide_day
from api.cities.entries import LOCK, check_match
from api.cities.entry_schemas import Body, Title
from api.cities.ledger import SEES_IT, ChangeShown, check_changes, check_sees, holds, read_changes, record
from api.cities.tables import City
from api.clock import clock_of
from api.errors import FieldRefused
from api.paging import read_id
from api.piccolo_conf import DB

Year = Annotated[int | None, QueryParameter(ge=2000, le=2100)]
Hour = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
CallCentre = Annotated[str, Meta(pattern="^[0-9+ -]{3,20}$")]


class CityListed(msgspec.Struct, frozen=True):
    """`days_off`: ISO weekdays, Monday is 1. Office hours are the city's own time."""

    code: str
    name: str
    timezone: str
    call_centre: str | None
    open_data_licence: str
    office_opens: str
    office_closes: str
    days_off: tuple[int, ...]
    regencies: tuple[str, ...]


class CityPatch(Body, frozen=True):
    name: Title | UnsetType = UNSET
    call_centre: CallCentre | UnsetType | None = UNSET
    open_data_licence: Title | UnsetType = UNSET
    office_opens: Hour | UnsetType = UNSET
    office_closes: Hour | UnsetType = UNSET
    days_off: Annotated[frozenset[Annotated[int, Meta(ge=1, le=7)]], Meta(max_length=6)] | UnsetType = UNSET


class Changes(msgspec.Struct, frozen=True):
    changes: tuple[ChangeShown, ...]
    next: str | None


CITY = """
SELECT c.code, c.name, c.timezone, c.call_centre, c.open_data_licence,
    to_char(c.office_opens, 'HH24:MI') AS office_opens, to_char(c.office_closes, 'HH24:MI') AS office_closes,
    c.days_off,
    (SELECT array_agg(r.code ORDER BY r.code) FROM city_regency AS r WHERE r.city_id = c.id) AS regencies
FROM city AS c WHERE $1::int IS NULL OR c.id = $1 ORDER BY c.code
"""


async def read_city(city: int) -> CityListed:
    return _listed((await DB.fetch(CITY, city))[0])


def _listed(row: msgspec.Struct | object) -> CityListed:
    return msgspec.convert({**dict(row)}, CityListed)  # type: ignore[call-overload]  # asyncpg's Record is a mapping


class CityController(Controller):
    tags = ("Administration",)
    path = "/v1/cities"
    guards = (signed_in,)

    @get()
    async def list_cities(self, request: Asked) -> list[CityListed]:
        """Those whose configuration the speaker may see."""
        seen = {city.code for city in await book_of(request).cities() if holds(request.user, SEES_IT, city.id)}
        return [listed for listed in map(_listed, await DB.fetch(CITY, None)) if listed.code in seen]

    @get("/{code:str}")
    async def read_one_city(self, request: Asked, code: FromPath[str]) -> Response[CityListed]:
        city = await city_by(request, code)
        check_sees(request.user, city.id)
        return tagged(await read_city(city.id))

    @patch("/{code:str}")
    async def change_city(self, request: Asked, code: FromPath[str], data: JSONBody[CityPatch]) -> Response[CityListed]:
        city = await city_by(request, code)
        check_changes(request.user, city.id)
        async with DB.transaction():
            await DB.fetch(LOCK, city.id)
            before = await read_city(city.id)
            check_match(before, match_of(request))
            after = _changed(before, data)
            await City.update(_columns(after, data.sent())).where(City.id == city.id)
            await record(city.id, author_of(request), "city", after.code, (before, after))
        book_of(request).invalidate()
        return tagged(after)

    @get("/{code:str}/calendar")
    async def read_city_calendar(self, request: Asked, code: FromPath[str], year: Year = None) -> CalendarShown:
        """Every day of the year that is not an ordinary one, with the source of each; for anybody who is signed in."""
        city = await city_by(request, code)
        return await read_calendar(city, year or clock_of(request)().year)

    @put("/{code:str}/holidays/{day:date}")
    async def decide_holiday(
        self, request: Asked, code: FromPath[str], day: FromPath[date], data: JSONBody[DayOff]
    ) -> DayOff:
        """The city works on this day, or does not, whatever the national calendar says. Running clocks keep their due
        dates; those that start from now on count with it."""
        city = await city_by(request, code)
        check_changes(request.user, city.id)
        await decide_day(city.id, day, data, author_of(request))
        book_of(request).invalidate()
        return data

    @delete("/{code:str}/holidays/{day:date}")
    async def undecide_holiday(self, request: Asked, code: FromPath[str], day: FromPath[date]) -> None:
        """Back to the national calendar."""
        city = await city_by(request, code)
        check_changes(request.user, city.id)
        await undecide_day(city.id, day, author_of(request))
        book_of(request).invalidate()

    @get("/{code:str}/changes")
    async def list_changes(
        self, request: Asked, code: FromPath[str], cursor: Annotated[str | None, QueryParameter(max_length=20)] = None
    ) -> Changes:
        """Who changed what, newest first."""
        city = await city_by(request, code)
        check_sees(request.user, city.id)
        found, following = await read_changes(city.id, read_id(cursor))
        return Changes(tuple(found), following)


def _changed(before: CityListed, data: CityPatch) -> CityListed:
    """Raises FieldRefused."""
    sent = data.sent()
    if isinstance(data.days_off, frozenset):
        sent["days_off"] = tuple(sorted(data.days_off))
    after = msgspec.structs.replace(before, **sent)
    if after.office_opens >= after.office_closes:
        raise FieldRefused("office_closes", "office-hours")
    return after


def _columns(after: CityListed, fields: Iterable[str]) -> dict[Any, Any]:
    hours = {
        "office_opens": time.fromisoformat(after.office_opens),
        "office_closes": time.fromisoformat(after.office_closes),
    }
    values = {**msgspec.structs.asdict(after), **hours, "days_off": list(after.days_off)}
    return {field: values[field] for field in fields}
