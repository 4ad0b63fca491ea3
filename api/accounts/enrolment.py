"""Enrolment: an administrator gives a code that works once and for three days; the person chooses the password.

The second factor is then required: until it is confirmed the account's grants do not count (SPEAKER in speaker.py).
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from api.accounts import devices
from api.accounts.codes import code_hash, make_code
from api.accounts.errors import SignInRefused
from api.accounts.passwords import check_new, hash_password
from api.accounts.sessions import TokenPair, end_all, open_session
from api.accounts.tables import KnownDevice, RecoveryCode
from api.piccolo_conf import DB

VALID_FOR = timedelta(days=3)


class Enrolment(msgspec.Struct, frozen=True):
    """To be handed over in person or by a safe way; only its hash is kept."""

    account_id: UUID
    login: str
    enrolment_code: str
    valid_until: datetime


async def issue(account: int, now: datetime) -> Enrolment:
    """What the account had, password, second factor, devices and sessions, ends at once: the phone may be lost."""
    code = make_code()
    async with DB.transaction():
        row = (await DB.fetch(ISSUE, account, code_hash(code), now + VALID_FOR))[0]
        await RecoveryCode.delete().where(RecoveryCode.account == account)
        await KnownDevice.delete().where(KnownDevice.account == account)
        await end_all(account, now)
    return Enrolment(row["uid"], row["login"], code, now + VALID_FOR)


ISSUE = """
UPDATE account SET enrolment_hash = $2, enrolment_until = $3, password_hash = NULL, totp_required = true,
    totp_sealed = NULL, totp_pending = NULL, failures = 0, locked_until = NULL
WHERE id = $1 RETURNING uid, login
"""


async def redeem(login: str, code: str, password: str, now: datetime) -> TokenPair:
    """Signs in with the new password. Raises FieldRefused, and SignInRefused for every other reason alike."""
    name = login.strip().lower()
    check_new(password, name)
    if not await DB.fetch(ENROLLABLE, name, code_hash(code), now):
        raise SignInRefused
    password_hash = await hash_password(password)
    async with DB.transaction():
        rows = await DB.fetch(REDEEM, name, code_hash(code), now, password_hash)
        if not rows:
            raise SignInRefused
        account, uid = rows[0]
        token = await devices.remember(account, None, now)
        pair = await open_session(account, uid, now)
    return msgspec.structs.replace(pair, device_token=token)


ENROLLABLE = """
SELECT id FROM account WHERE login = $1 AND enrolment_hash = $2 AND enrolment_until > $3 AND disabled_at IS NULL
"""

REDEEM = """
-- 80 bits cannot be tried out: the code is exempt from the lock, and of two who bring it at once one is admitted
UPDATE account SET password_hash = $4, enrolment_hash = NULL, enrolment_until = NULL
WHERE login = $1 AND enrolment_hash = $2 AND enrolment_until > $3 AND disabled_at IS NULL
RETURNING id, uid
"""
