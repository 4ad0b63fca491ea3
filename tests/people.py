"""The people of the stories: each speaks HTTP with a token of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from api.accounts.sessions import open_session
from api.accounts.speaker import Role
from api.accounts.tables import Account, RoleGrant
from api.app import create_app
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.settings import read_settings

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # a Monday, twelve o'clock in Depok


class Clock:
    """Stands still until somebody lets time pass."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **by: float) -> None:
        self.now += timedelta(**by)


class Person:
    def __init__(self, http: httpx.AsyncClient, token: str = "", uid: str = "") -> None:
        self.http, self.token, self.uid = http, token, uid

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.request(method, path, headers=headers | more.pop("headers", {}), **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.ask("GET", path, **more)

    async def put(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return await self.ask("PUT", path, json=body, **more)

    async def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return await self.ask("POST", path, json=body, **more)

    async def submits(self, report_id: UUID | None = None, **fields: Any) -> dict[str, Any]:
        answer = await self.put(f"/v1/reports/{report_id or uuid7()}", a_report(**fields))
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def steps(self, report: str, to: str, version: int, **fields: Any) -> httpx.Response:
        """A change of state."""
        event = {"id": str(uuid7()), "kind": "change", "to": to, "expected_version": version, **fields}
        return await self.post(f"/v1/reports/{report}/events", event)

    async def says(self, report: str, kind: str, version: int, **fields: Any) -> httpx.Response:
        """What residents may say of their own report."""
        event = {"id": str(uuid7()), "kind": kind, "expected_version": version, **fields}
        return await self.post(f"/v1/reports/{report}/events", event)


def a_report(**fields: Any) -> dict[str, Any]:
    """In Kelurahan Depok of the city of squares; the road is broken."""
    lat, lon = fields.pop("lat", -6.40), fields.pop("lon", 106.79)
    return {
        "category": "jalan-rusak",
        "text": "Jalan berlubang di depan pasar, sudah dua minggu.",
        "position": {"lat": lat, "lon": lon, "accuracy_m": 8},
        **fields,
    }


class Town:
    """A served city, a running application, and its people."""

    def __init__(self, http: httpx.AsyncClient, clock: Clock, city: City, app: Any) -> None:
        self.http, self.clock, self.city, self.app = http, clock, city, app
        self.stranger = Person(http)

    async def resident(self, locale: str = "id-ID") -> Person:
        answer = await self.http.post("/v1/accounts", json={"device": {"name": "HP uji", "locale": locale}})
        return Person(self.http, answer.json()["access_token"], answer.json()["account_id"])

    async def passes(self, *people: Person, **by: float) -> None:
        """Time, and these people sign in again meanwhile: their hour is over."""
        self.clock.passes(**by)
        for person in people:
            account = await Account.objects().get(Account.uid == UUID(person.uid))
            assert account is not None
            person.token = (await open_session(account.id, account.uid, self.clock())).access_token

    async def staff(self, role: Role, *, agency: str | None = None, area: str | None = None) -> Person:
        """With one grant in this city, and signed in without a password: checking one costs as much as ten tests."""
        account = Account(login=f"{role}-{uuid7().hex[-8:]}", created_at=self.clock())
        await account.save()
        where = {"city": self.city.id, "agency": self.agency(agency), "area_code": area}
        await RoleGrant(account=account.id, role=role, created_at=self.clock(), **where).save()
        pair = await open_session(account.id, account.uid, self.clock())
        return Person(self.http, pair.access_token, str(account.uid))

    def agency(self, key: str | None) -> int | None:
        """Its id."""
        return {agency.key: agency.id for agency in self.city.agencies.values()}[key] if key else None


@asynccontextmanager
async def a_town(city_code: str, data_dir: Path) -> AsyncIterator[Town]:
    """The city must be in the database."""
    clock = Clock()
    app = create_app(read_settings({"DATABASE_URL": "unused: the test's pool", "DATA_DIR": str(data_dir)}), clock)
    city = await CityBook(DB).city_of(city_code)
    assert city is not None
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as http:
        yield Town(http, clock, city, app)
