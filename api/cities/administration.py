"""The lists of a city over HTTP, for its admins: agencies, category groups, categories, routing rules.

Every entry has an ETag; a change says by If-Match which version it was made for. Operators and auditors may look.
"""

from typing import Annotated, TypeVar

import msgspec
from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.accounts.speaker import Speaker, signed_in
from api.catalogue import language_of
from api.cities import entry_schemas as bodies
from api.cities.book import Agency, City, UnknownCity
from api.cities.controllers import book_of
from api.cities.entries import (
    AGENCY,
    CATEGORY,
    GROUP,
    RULE,
    Entry,
    Kind,
    Meant,
    add_entry,
    change_entry,
    city_of_entry,
    etag_of,
    read_entries,
    read_entry,
    remove_entry,
)
from api.cities.errors import MatchMissing
from api.cities.ledger import Author, check_changes, check_sees
from api.cities.preview import Preview, preview
from api.clock import clock_of

Asked = Request[Speaker, None, State]
Shown = TypeVar("Shown")
CityCode = Annotated[str, QueryParameter(max_length=13)]


def author_of(request: Asked) -> Author:
    return Author(request.user.account, clock_of(request)())


async def city_by(request: Asked, code: str) -> City:
    """Raises UnknownCity."""
    city = await book_of(request).city_of(code)
    if city is None:
        raise UnknownCity(code)
    return city


def match_of(request: Asked) -> str:
    """Raises MatchMissing."""
    match = request.headers.get("if-match")
    if not match:
        raise MatchMissing
    return match


def tagged(shown: Shown, status: int = 200) -> Response[Shown]:
    return Response(shown, status_code=status, headers={"etag": etag_of(shown)})


async def _list(request: Asked, kind: Kind[Entry], code: str) -> list[Entry]:
    city = await city_by(request, code)
    check_sees(request.user, city.id)
    return await read_entries(kind, city.id)


async def _read(request: Asked, kind: Kind[Entry], entry: int) -> Response[Entry]:
    city = await city_of_entry(kind, entry)
    check_sees(request.user, city)
    return tagged(await read_entry(kind, city, entry))


async def _add(request: Asked, kind: Kind[Entry], code: str, body: bodies.Body) -> Response[Entry]:
    city = await city_by(request, code)
    check_changes(request.user, city.id)
    made = await add_entry(kind, city.id, body, author_of(request))
    book_of(request).invalidate()
    return tagged(made, 201)


async def _change(request: Asked, kind: Kind[Entry], entry: int, body: bodies.Body) -> Response[Entry]:
    city = await city_of_entry(kind, entry)
    check_changes(request.user, city)
    changed = await change_entry(kind, city, Meant(entry, match_of(request)), body, author_of(request))
    book_of(request).invalidate()
    return tagged(changed)


async def _remove(request: Asked, kind: Kind[Entry], entry: int) -> Response[Entry | None]:
    city = await city_of_entry(kind, entry)
    check_changes(request.user, city)
    closed = await remove_entry(kind, city, Meant(entry, match_of(request)), author_of(request))
    book_of(request).invalidate()
    return Response(closed, headers={"etag": etag_of(closed)}) if closed else Response(None, status_code=204)


class AgencyName(msgspec.Struct, frozen=True):
    key: str
    name: str
    parent: str | None


def _key(agency: Agency | None) -> str | None:
    return agency.key if agency else None


class AgencyController(Controller):
    tags = ("Administration",)
    path = "/v1/agencies"
    guards = (signed_in,)

    @get()
    async def list_agencies(self, request: Asked, city: CityCode) -> list[bodies.AgencyListed]:
        return await _list(request, AGENCY, city)

    @post()
    async def add_agency(self, request: Asked, data: JSONBody[bodies.NewAgency]) -> Response[bodies.AgencyListed]:
        return await _add(request, AGENCY, data.city, data)

    @get("/open")
    async def list_open_agencies(self, request: Asked, city: CityCode) -> list[AgencyName]:
        """Those that a report can be handed to, by name; for anybody who is signed in."""
        found = (await city_by(request, city)).agencies
        names = [
            AgencyName(one.key, one.name, _key(found.get(one.parent_id or 0))) for one in found.values() if one.active
        ]
        return sorted(names, key=lambda one: one.name)

    @get("/{entry:int}")
    async def read_agency(self, request: Asked, entry: FromPath[int]) -> Response[bodies.AgencyListed]:
        return await _read(request, AGENCY, entry)

    @patch("/{entry:int}")
    async def change_agency(
        self, request: Asked, entry: FromPath[int], data: JSONBody[bodies.AgencyPatch]
    ) -> Response[bodies.AgencyListed]:
        return await _change(request, AGENCY, entry, data)

    @delete("/{entry:int}", status_code=200)
    async def remove_agency(self, request: Asked, entry: FromPath[int]) -> Response[bodies.AgencyListed | None]:
        """204 when nothing names it; 200 with the agency, now closed, when reports, grants or rules do."""
        return await _remove(request, AGENCY, entry)


class GroupController(Controller):
    tags = ("Administration",)
    path = "/v1/category-groups"
    guards = (signed_in,)

    @get()
    async def list_groups(self, request: Asked, city: CityCode) -> list[bodies.GroupListed]:
        return await _list(request, GROUP, city)

    @post()
    async def add_group(self, request: Asked, data: JSONBody[bodies.NewGroup]) -> Response[bodies.GroupListed]:
        return await _add(request, GROUP, data.city, data)

    @get("/{entry:int}")
    async def read_group(self, request: Asked, entry: FromPath[int]) -> Response[bodies.GroupListed]:
        return await _read(request, GROUP, entry)

    @patch("/{entry:int}")
    async def change_group(
        self, request: Asked, entry: FromPath[int], data: JSONBody[bodies.GroupPatch]
    ) -> Response[bodies.GroupListed]:
        return await _change(request, GROUP, entry, data)

    @delete("/{entry:int}", status_code=200)
    async def remove_group(self, request: Asked, entry: FromPath[int]) -> Response[bodies.GroupListed | None]:
        """409 while a category or a rule is in it."""
        return await _remove(request, GROUP, entry)


class CategoryController(Controller):
    """What a phone asks (`GET /v1/categories`) is in controllers.py."""

    tags = ("Administration",)
    path = "/v1/categories"
    guards = (signed_in,)

    @get("/all")
    async def list_all_categories(self, request: Asked, city: CityCode) -> list[bodies.CategoryListed]:
        """The closed ones too."""
        return await _list(request, CATEGORY, city)

    @post()
    async def add_category(self, request: Asked, data: JSONBody[bodies.NewCategory]) -> Response[bodies.CategoryListed]:
        return await _add(request, CATEGORY, data.city, data)

    @get("/{entry:int}")
    async def read_category(self, request: Asked, entry: FromPath[int]) -> Response[bodies.CategoryListed]:
        return await _read(request, CATEGORY, entry)

    @patch("/{entry:int}")
    async def change_category(
        self, request: Asked, entry: FromPath[int], data: JSONBody[bodies.CategoryPatch]
    ) -> Response[bodies.CategoryListed]:
        return await _change(request, CATEGORY, entry, data)

    @delete("/{entry:int}", status_code=200)
    async def remove_category(self, request: Asked, entry: FromPath[int]) -> Response[bodies.CategoryListed | None]:
        """204 when nothing names it; 200 with the category, now closed, when reports or rules do."""
        return await _remove(request, CATEGORY, entry)


class RuleController(Controller):
    tags = ("Administration",)
    path = "/v1/routing-rules"
    guards = (signed_in,)

    @get()
    async def list_rules(self, request: Asked, city: CityCode) -> list[bodies.RuleListed]:
        return await _list(request, RULE, city)

    @get("/preview")
    async def preview_route(
        self, request: Asked, lat: FromQuery[float], lon: FromQuery[float], category: FromQuery[str]
    ) -> Preview:
        """What would happen to a report of this category at this point: the rule that wins, and those that lose."""
        return await preview((lat, lon), category, request.user, book_of(request), language_of(request))

    @post()
    async def add_rule(self, request: Asked, data: JSONBody[bodies.NewRule]) -> Response[bodies.RuleListed]:
        return await _add(request, RULE, data.city, data)

    @get("/{entry:int}")
    async def read_rule(self, request: Asked, entry: FromPath[int]) -> Response[bodies.RuleListed]:
        return await _read(request, RULE, entry)

    @patch("/{entry:int}")
    async def change_rule(
        self, request: Asked, entry: FromPath[int], data: JSONBody[bodies.RulePatch]
    ) -> Response[bodies.RuleListed]:
        return await _change(request, RULE, entry, data)

    @delete("/{entry:int}", status_code=200)
    async def remove_rule(self, request: Asked, entry: FromPath[int]) -> Response[bodies.RuleListed | None]:
        return await _remove(request, RULE, entry)
