"""Grants and accounts of staff: given, taken, listed, each step with its trace."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from api.accounts import granting
from api.accounts.errors import AccountUnknown, GrantUnknown, NotAllowed
from api.accounts.granting import Cities
from api.accounts.merging import note
from api.accounts.sessions import end_all
from api.accounts.speaker import Grant, Role, Speaker
from api.accounts.tables import RoleGrant
from api.cities.book import CityBook
from api.errors import FieldRefused
from api.piccolo_conf import DB


class NewGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`city` and `area` are Kemendagri codes, `agency` is its key; without a city: all cities, for an admin only."""

    role: Role
    city: str | None = None
    agency: str | None = None
    area: str | None = None


class Staff(msgspec.Struct, frozen=True):
    """A row of STAFF."""

    id: int
    uid: UUID
    login: str
    is_disabled: bool
    is_confirmed: bool
    is_required: bool
    has_password: bool
    grants: tuple[Grant, ...]


STAFF = """
-- people who answer, with all that they may do; by login
SELECT a.id, a.uid, a.login, a.disabled_at IS NOT NULL AS is_disabled, a.totp_sealed IS NOT NULL AS is_confirmed,
    a.totp_required AS is_required, a.password_hash IS NOT NULL AS has_password,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'city', g.city, 'agency', g.agency,
                                                  'area_code', g.area_code) ORDER BY g.id)
              FROM role_grant AS g WHERE g.account = a.id), '[]')::text AS grants
FROM account AS a WHERE a.login IS NOT NULL
    AND ($1::uuid IS NULL OR a.uid = $1) AND ($2::bigint IS NULL OR a.id = $2) AND a.login > $3
ORDER BY a.login LIMIT $4
"""


def _staff(row: asyncpg.Record) -> Staff:
    granted = msgspec.json.decode(row["grants"], type=tuple[Grant, ...])
    return Staff(**{**dict(row), "grants": granted})


async def cities_by_id(book: CityBook) -> Cities:
    return {city.id: city for city in await book.cities()}


async def list_staff(speaker: Speaker, cities: Cities, after: str, limit: int) -> list[Staff]:
    """By login; only grants that the speaker may see, and people who have any (for admins also those without)."""
    is_admin = any(grant.role == "admin" for grant in speaker.grants)
    found: list[Staff] = []
    while len(found) < limit and (rows := await DB.fetch(STAFF, None, None, after, limit)):
        every = [_staff(row) for row in rows]
        after = every[-1].login
        visible = [_as_seen(one, speaker, cities) for one in every]
        pairs = zip(every, visible, strict=True)
        found += [seen for one, seen in pairs if seen.grants or (is_admin and not one.grants)]
    return found[:limit]


def _as_seen(one: Staff, speaker: Speaker, cities: Cities) -> Staff:
    seen = tuple(grant for grant in one.grants if granting.may_see(speaker.grants, grant, cities))
    return msgspec.structs.replace(one, grants=seen)


async def read_staff(uid: UUID) -> Staff:
    """Raises AccountUnknown, also for residents."""
    rows = await DB.fetch(STAFF, uid, None, "", 1)
    if not rows:
        raise AccountUnknown
    return _staff(rows[0])


async def administered(uid: UUID, speaker: Speaker, cities: Cities) -> Staff:
    """Somebody else's account that the speaker may close or enrol anew; in the transaction that does so.

    Raises AccountUnknown, NotAllowed.
    """
    found = await _hold(uid)
    if found.id == speaker.account or not granting.may_administer(speaker.grants, found.grants, cities):
        raise NotAllowed("administer this account")
    return found


def read_grant(written: NewGrant, cities: Cities) -> Grant:
    """Raises FieldRefused."""
    city = next((city for city in cities.values() if city.code == written.city), None)
    if written.city is not None and city is None:
        raise FieldRefused("city", "grant-unknown-city", code=written.city)
    agencies = {agency.key: agency.id for agency in city.agencies.values()} if city else {}
    if written.agency is not None and written.agency not in agencies:
        raise FieldRefused("agency", "agency-unknown", agency=written.agency)
    agency = agencies[written.agency] if written.agency is not None else None
    wanted = Grant(0, written.role, city.id if city else None, agency, written.area)
    granting.check_whole(wanted, cities)
    return wanted


def check_may_give(speaker: Speaker, wanted: Iterable[Grant], cities: Cities) -> None:
    """Raises NotAllowed."""
    if not all(granting.may_give(speaker.grants, grant, cities) for grant in wanted):
        raise NotAllowed("give this grant")


async def give(uid: UUID, wanted: Grant, speaker: Speaker, cities: Cities, now: datetime) -> Grant:
    """Raises AccountUnknown, NotAllowed. The same grant again is the one that is there."""
    check_may_give(speaker, [wanted], cities)
    async with DB.transaction():
        theirs = await _hold(uid)
        if theirs.id == speaker.account:
            raise NotAllowed("change the own rights")
        same = (g for g in theirs.grants if msgspec.structs.replace(g, id=0) == wanted)
        if (known := next(same, None)) is not None:
            return known
        fields = {"role": wanted.role, "city": wanted.city, "agency": wanted.agency, "area_code": wanted.area_code}
        grant = (await DB.fetch(GIVE, theirs.id, *fields.values(), now))[0]["id"]
        await note(theirs.id, speaker.account, "grant-given", now, grant=grant, **fields)
    return msgspec.structs.replace(wanted, id=grant)


GIVE = """
INSERT INTO role_grant (account, role, city, agency, area_code, created_at) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id
"""


async def _hold(uid: UUID) -> Staff:
    """Nobody else changes the account's grants until the end of the transaction. Raises AccountUnknown."""
    await DB.fetch("SELECT id FROM account WHERE uid = $1 FOR UPDATE", uid)
    return await read_staff(uid)


OF_GRANT = "SELECT account FROM role_grant WHERE id = $1"


async def take_away(grant: int, speaker: Speaker, cities: Cities, now: datetime) -> None:
    """Works at once: grants are read with every request. Raises GrantUnknown, NotAllowed."""
    async with DB.transaction():
        rows = await DB.fetch(OF_GRANT, grant)
        theirs = _staff((await DB.fetch(STAFF, None, rows[0]["account"], "", 1))[0]) if rows else None
        found = next((g for g in theirs.grants if g.id == grant), None) if theirs else None
        if theirs is None or found is None or not granting.may_see(speaker.grants, found, cities):
            raise GrantUnknown
        if theirs.id == speaker.account or not granting.may_give(speaker.grants, found, cities):
            raise NotAllowed("take this grant away")
        await RoleGrant.delete().where(RoleGrant.id == grant)
        await note(theirs.id, speaker.account, "grant-taken", now, **msgspec.structs.asdict(found))


async def close(staff: Staff, is_disabled: bool, actor: int, now: datetime) -> None:
    """A closed account keeps its grants and may be opened again; its sessions end."""
    async with DB.transaction():
        await DB.fetch("UPDATE account SET disabled_at = $2 WHERE id = $1", staff.id, now if is_disabled else None)
        if is_disabled:
            await end_all(staff.id, now)
        await note(staff.id, actor, "closed" if is_disabled else "opened", now)


EVENTS = """
SELECT e.kind, e.at, a.login AS actor, e.details::text AS details
FROM account_event AS e LEFT JOIN account AS a ON a.id = e.actor
WHERE e.account = $1 ORDER BY e.id DESC LIMIT 200
"""


class AccountEventShown(msgspec.Struct, frozen=True):
    kind: str
    at: datetime
    actor: str | None
    details: dict[str, str | int | None]


async def read_events(account: int) -> list[AccountEventShown]:
    """The latest first."""
    rows = await DB.fetch(EVENTS, account)
    return [
        AccountEventShown(row["kind"], row["at"], row["actor"], msgspec.json.decode(row["details"])) for row in rows
    ]
