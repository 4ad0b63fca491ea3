"""The second factor: a code of the authenticator app, each used once; ten recovery codes for a lost phone."""

from datetime import datetime
from typing import Any

import msgspec
import pyotp
import segno
from piccolo.columns import Column

from api.accounts.codes import code_hash, make_code, read_code
from api.accounts.sealing import Seals
from api.accounts.tables import Account, RecoveryCode
from api.errors import FieldRefused
from api.piccolo_conf import DB

TOTP_STEP_S = 30
RECOVERY_CODES = 10
ISSUER = "Kentongan"


class Factor(msgspec.Struct, frozen=True):
    """What a right code uses up: the counter it belongs to, or the recovery code with that hash."""

    counter: int
    recovery: bytes | None = None


async def read_factor(account: Account, code: str | None, seals: Seals, now: datetime) -> Factor | None:
    """None when the code is wrong, used or missing. An account without a second factor needs none."""
    if account.totp_sealed is None:
        return Factor(account.totp_counter)
    if code is None:
        return None
    if read_code(code):
        unused = (RecoveryCode.account == account.id) & (RecoveryCode.hash == code_hash(code))
        found = await RecoveryCode.exists().where(unused & RecoveryCode.used_at.is_null())
        return Factor(account.totp_counter, code_hash(code)) if found else None
    counter = counter_of(seals.unseal(account.totp_sealed, _row(account.id)), code, account.totp_counter, now)
    return None if counter is None else Factor(counter)


def counter_of(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The counter that `code` belongs to, later than the last one used; a clock half a minute off is forgiven."""
    present = int(now.timestamp()) // TOTP_STEP_S
    hotp = pyotp.HOTP(secret)
    for counter in (present, present - 1, present + 1):
        if counter > last and hotp.verify(code.replace(" ", ""), counter):
            return counter
    return None


class TotpSecret(msgspec.Struct, frozen=True):
    """Shown once. `qr_svg`: the address for the authenticator app's camera."""

    secret: str
    otpauth_uri: str
    qr_svg: str


async def begin(account: Account, seals: Seals) -> TotpSecret:
    """Counts only when it is confirmed: until then the old secret, if any, remains."""
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)
    sealed = seals.seal(secret, _row(account.id))
    await Account.update({Account.totp_pending: sealed}).where(Account.id == account.id)
    return TotpSecret(secret, uri, segno.make(uri, error="m").svg_inline(scale=4, border=4))


async def confirm(account: int, code: str, seals: Seals, now: datetime) -> tuple[str, ...]:
    """New recovery codes; the old ones end. Raises FieldRefused."""
    async with DB.transaction():
        rows = await DB.fetch("SELECT totp_pending FROM account WHERE id = $1 FOR UPDATE", account)
        pending = rows[0]["totp_pending"]
        if pending is None:
            raise FieldRefused("code", "totp-not-begun")
        counter = counter_of(seals.unseal(pending, _row(account)), code, 0, now)
        if counter is None:
            raise FieldRefused("code", "totp-code-wrong")
        changes: dict[Column | str, Any] = {
            Account.totp_sealed: pending,
            Account.totp_pending: None,
            Account.totp_counter: counter,
        }
        await Account.update(changes).where(Account.id == account)
        return await give_recovery_codes(account)


async def give_recovery_codes(account: int) -> tuple[str, ...]:
    """Shown once: only their hashes are kept."""
    codes = tuple(make_code() for _ in range(RECOVERY_CODES))
    async with DB.transaction():
        await RecoveryCode.delete().where(RecoveryCode.account == account)
        await RecoveryCode.insert(*[RecoveryCode(account=account, hash=code_hash(code)) for code in codes])
    return codes


async def use_up(account: int, factor: Factor, now: datetime) -> bool:
    """False when somebody else was quicker with the same recovery code."""
    if factor.recovery is None:
        return True
    unused = (RecoveryCode.account == account) & (RecoveryCode.hash == factor.recovery)
    used = RecoveryCode.update({RecoveryCode.used_at: now}).where(unused & RecoveryCode.used_at.is_null())
    return bool(await used.returning(RecoveryCode.id))


def _row(account: int) -> str:
    return f"totp {account}"
