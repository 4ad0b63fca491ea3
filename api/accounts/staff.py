"""Accounts of people who answer: made by an administrator, with their grants."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from api.accounts.errors import LoginTaken
from api.accounts.passwords import hash_password
from api.accounts.speaker import Grant
from api.accounts.tables import Account, RoleGrant
from api.piccolo_conf import DB


async def add_account(login: str, password: str | None, grants: Sequence[Grant], now: datetime) -> int:
    """The new account's id. Without a password it waits for its enrolment. Raises LoginTaken."""
    password_hash = await hash_password(password) if password else None
    name = login.strip().lower()
    async with DB.transaction():
        account = Account(login=name, password_hash=password_hash, created_at=now)
        try:
            await account.save()
        except asyncpg.UniqueViolationError as error:
            raise LoginTaken(name) from error
        rows = [
            RoleGrant(
                account=account.id, role=g.role, city=g.city, agency=g.agency, area_code=g.area_code, created_at=now
            )
            for g in grants
        ]
        if rows:
            await RoleGrant.insert(*rows)
    return int(account.id)


async def account_of(login: str) -> int | None:
    """The id of a staff account."""
    rows = await DB.fetch("SELECT id FROM account WHERE login = $1", login.strip().lower())
    return rows[0]["id"] if rows else None
