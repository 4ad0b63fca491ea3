"""Who speaks: accounts, what they may do (grants), and the token pairs they hold."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Account(Table):
    id = BigSerial(primary_key=True)
    uid = UUID(unique=True, default=UUID4())
    login = Text(null=True, default=None)
    password_hash = Text(null=True, default=None)
    totp_sealed = Bytea(null=True, default=None)
    totp_pending = Bytea(null=True, default=None)
    totp_required = Boolean(default=False)
    totp_counter = BigInt(default=0)
    enrolment_hash = Bytea(null=True, default=None)
    enrolment_until = Timestamptz(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)
    failures = SmallInt(default=0)
    locked_until = Timestamptz(null=True, default=None)
    seen_at = Timestamptz(null=True, default=None)
    merged_into = BigInt(null=True, default=None)
    merged_at = Timestamptz(null=True, default=None)
    language = Text(default="id")
    trust = SmallInt(default=0)
    blocks = JSONB(default="[]")
    created_at = Timestamptz(default=None)


class RoleGrant(Table, tablename="role_grant"):
    id = BigSerial(primary_key=True)
    account = ForeignKey(Account, null=False)
    role = Text()
    city = Integer(null=True, default=None)
    agency = Integer(null=True, default=None)
    area_code = Text(null=True, default=None)
    created_at = Timestamptz(default=None)


class Session(Table):
    id = BigSerial(primary_key=True)
    family = UUID()
    account = ForeignKey(Account, null=False)
    device_name = Text(default="")
    access_hash = Bytea()
    access_until = Timestamptz(default=None)
    refresh_hash = Bytea()
    refresh_until = Timestamptz(default=None)
    rotated_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class RecoveryCode(Table, tablename="recovery_code"):
    id = BigSerial(primary_key=True)
    account = ForeignKey(Account, null=False)
    hash = Bytea()
    used_at = Timestamptz(null=True, default=None)


class KnownDevice(Table, tablename="known_device"):
    id = BigSerial(primary_key=True)
    account = ForeignKey(Account, null=False)
    hash = Bytea()
    failures = SmallInt(default=0)
    locked_until = Timestamptz(null=True, default=None)
    used_at = Timestamptz(default=None)


class AccountPhone(Table, tablename="account_phone"):
    account = BigInt(primary_key=True)
    lookup = Bytea()
    sealed = Bytea()
    linked_at = Timestamptz(default=None)


class Otp(Table, tablename="otp"):
    id = BigSerial(primary_key=True)
    account = ForeignKey(Account, null=False)
    family = UUID()
    lookup = Bytea(null=True, default=None)
    hash = Bytea()
    tries = SmallInt(default=0)
    asked_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class AccountEvent(Table, tablename="account_event"):
    id = BigSerial(primary_key=True)
    account = BigInt()
    actor = BigInt(null=True, default=None)
    kind = Text()
    details = JSONB(default="{}")
    at = Timestamptz(default=None)


class FirebaseIdentity(Table, tablename="firebase_identity"):
    id = BigSerial(primary_key=True)
    project = Text()
    subject = Text()
    account = ForeignKey(Account, null=False)
    since = Timestamptz(default=None)
