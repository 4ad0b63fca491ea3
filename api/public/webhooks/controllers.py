"""`/v1/webhooks`: for admins of a city, and for coordinators of an agency."""

import ipaddress
import secrets
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from asyncpg import Record
from litestar import Controller, Request, delete, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from uuid_utils.compat import uuid7

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker, signed_in
from api.cities.book import City, UnknownCity
from api.clock import clock_of
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.permits import agency_and_above
from push.public_hosts import is_public

Asked = Request[Speaker, None, State]
MOST_OF_A_CITY = 50
ATTEMPTS_SHOWN = 100


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`agency` with its units; without it the whole city. `url` is https."""

    city: Annotated[str, msgspec.Meta(max_length=20)]
    url: Annotated[str, msgspec.Meta(max_length=1000)]
    agency: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class WebhookShown(msgspec.Struct, frozen=True):
    id: UUID
    city: str
    agency: str | None
    url: str
    added_at: datetime
    failures: int
    failing_since: datetime | None
    disabled_at: datetime | None


class WebhookAdded(msgspec.Struct, frozen=True):
    """`secret` is shown once: it signs each delivery (`Kentongan-Signature`)."""

    webhook: WebhookShown
    secret: str


class AttemptShown(msgspec.Struct, frozen=True):
    """`status` is None when no answer came; `fault` says why."""

    delivery: UUID
    at: datetime
    changes: int
    status: int | None
    fault: str
    took_ms: int


LIST = "SELECT * FROM webhook ORDER BY added_at, id"
ADD = """
-- it hears of what changes from now on
INSERT INTO webhook (id, city, agency, url, secret_sealed, added_by, added_at, xid, report, next_at)
SELECT $1, $2, $3, $4, $5, $6, $7, pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 0, $7
WHERE (SELECT count(*) FROM webhook WHERE city = $2) < $8
RETURNING *
"""
REMOVE = "DELETE FROM webhook WHERE id = $1"
ENABLE = """
UPDATE webhook SET disabled_at = NULL, failures = 0, failing_since = NULL, next_at = $2, leased_until = NULL
WHERE id = $1 RETURNING *
"""
ATTEMPTS = """
SELECT delivery, at, changes, status, fault, took_ms FROM webhook_attempt
WHERE webhook = $1 ORDER BY at DESC, delivery DESC LIMIT $2
"""


class WebhookController(Controller):
    tags = ("Webhooks",)
    path = "/v1/webhooks"
    guards = (signed_in,)

    @get("/")
    async def list_webhooks(self, request: Asked) -> list[WebhookShown]:
        """Those that the speaker may see to."""
        cities = await cities_of(request)
        rows = await DB.fetch(LIST)
        return [
            _shown(row, cities[row["city"]])
            for row in rows
            if row["city"] in cities and may(request.user, cities[row["city"]], row["agency"])
        ]

    @post("/")
    async def add_webhook(self, request: Asked, data: JSONBody[NewWebhook]) -> WebhookAdded:
        city = await request.app.state.cities.city_of(data.city)
        if city is None:
            raise UnknownCity(data.city)
        agency = _agency(city, data.agency)
        if not may(request.user, city, agency):
            raise NotAllowed("add a webhook")
        check_url(data.url)
        number, secret, now = uuid7(), f"whsec_{secrets.token_urlsafe(32)}", clock_of(request)()
        sealed = request.app.state.seals.seal(secret, f"webhook {number}")
        who = request.user.account
        rows = await DB.fetch(ADD, number, city.id, agency, data.url, sealed, who, now, MOST_OF_A_CITY)
        if not rows:
            raise FieldRefused("url", "webhook-too-many", most=MOST_OF_A_CITY)
        return WebhookAdded(_shown(rows[0], city), secret)

    @delete("/{webhook:uuid}")
    async def remove_webhook(self, request: Asked, webhook: FromPath[UUID]) -> None:
        await self._own(request, webhook)
        await DB.fetch(REMOVE, webhook)

    @post("/{webhook:uuid}/enable", status_code=200)
    async def enable_webhook(self, request: Asked, webhook: FromPath[UUID]) -> WebhookShown:
        """Tries again at once, from where it stopped: nothing has been lost."""
        city = await self._own(request, webhook)
        rows = await DB.fetch(ENABLE, webhook, clock_of(request)())
        if not rows:
            raise NotFoundException
        return _shown(rows[0], city)

    @get("/{webhook:uuid}/attempts")
    async def list_attempts(self, request: Asked, webhook: FromPath[UUID]) -> list[AttemptShown]:
        """The ledger: the newest hundred of the last thirty days."""
        await self._own(request, webhook)
        return [AttemptShown(*row) for row in await DB.fetch(ATTEMPTS, webhook, ATTEMPTS_SHOWN)]

    async def _own(self, request: Asked, webhook: UUID) -> City:
        """Its city. Another's is not there."""
        rows = await DB.fetch("SELECT city, agency FROM webhook WHERE id = $1", webhook)
        city = (await cities_of(request)).get(rows[0]["city"]) if rows else None
        if city is None or not may(request.user, city, rows[0]["agency"]):
            raise NotFoundException
        return city


async def cities_of(request: Asked) -> dict[int, City]:
    return {city.id: city for city in await request.app.state.cities.cities()}


def may(speaker: Speaker, city: City, agency: int | None) -> bool:
    """An admin of the city; a coordinator for an agency of theirs and its units."""
    above = set(agency_and_above(city, agency))
    return any(
        grant.city in (None, city.id)
        and (grant.role == "admin" or (grant.role == "coordinator" and grant.agency in above))
        for grant in speaker.grants
    )


def _agency(city: City, key: str | None) -> int | None:
    """Raises FieldRefused."""
    if key is None:
        return None
    found = next((agency.id for agency in city.agencies.values() if agency.key == key), None)
    if found is None:
        raise FieldRefused("agency", "webhook-agency", agency=key)
    return found


def check_url(url: str) -> None:
    """What its name leads to is looked at before each delivery. Raises FieldRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FieldRefused("url", "webhook-url") from None
    is_plain = url.isascii() and url.isprintable() and " " not in url and parts.scheme == "https" and port != 0
    if not is_plain or parts.username or parts.password or parts.fragment or not _is_outside(host):
        raise FieldRefused("url", "webhook-url")


def _is_outside(host: str) -> bool:
    try:
        return is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost"))


def _shown(row: Record, city: City) -> WebhookShown:
    agency = city.agencies.get(row["agency"])
    return WebhookShown(
        row["id"],
        city.code,
        agency.key if agency else None,
        row["url"],
        row["added_at"],
        row["failures"],
        row["failing_since"],
        row["disabled_at"],
    )
