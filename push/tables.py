"""The tables of this room; their DDL, indexes and the functions beside them are in the migration."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Time,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Address(Table, tablename="address"):
    """Where one phone can be reached now: `kind` is fcm (registration token), fid (installation id) or webpush.

    Or where the account is: `sms` (a verified number) and `email`, whose phone_id is nobody's.
    """

    id = BigSerial(primary_key=True)
    phone_id = UUID(unique=True, default=None)
    recipient = BigInt(default=None)
    kind = Text(default=None)
    address = Text(default=None)
    registered_at = Timestamptz(default=None)
    registrations = Integer(default=1)


class Notification(Table, tablename="notification"):
    """What a recipient was told: a row of the inbox, and of the ledger when its facts were emptied.

    `seq` grows in the order of commits within one inbox.
    """

    seq = BigSerial(primary_key=True)
    mid = UUID(unique=True)
    recipient = BigInt(default=None)
    subject = UUID(default=None)
    rev = Integer(default=None)
    kind = Text(default=None)
    params = JSONB(default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    seen_at = Timestamptz(null=True, default=None)
    emptied_at = Timestamptz(null=True, default=None)


class Delivery(Table, tablename="delivery"):
    """One notification to one address: outbox while pending or leased, ledger ever after.

    `not_before` of a leased row is the end of its lease. `address` is the id of an address that may be gone.
    """

    id = BigSerial(primary_key=True)
    notification = ForeignKey(Notification, on_delete=OnDelete.cascade, null=False)
    address = BigInt(default=None)
    kind = Text(default=None)
    state = Text(default="pending")
    attempts = SmallInt(default=0)
    ambiguous = SmallInt(default=0)
    not_before = Timestamptz(default=None)
    lease = UUID(null=True, default=None)
    leased_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    provider_id = Text(null=True, default=None)
    code = Text(null=True, default=None)
    is_bulk = Boolean(default=False)


class Fanout(Table, tablename="fanout"):
    """One thing to tell many: parallel arrays of the `audience`, of which the first `told` have been told."""

    id = BigSerial(primary_key=True)
    recipients = Array(BigInt())
    kinds = Array(Text())
    languages = Array(Text())
    audience = Integer(default=None)
    told = Integer(default=0)
    subject = UUID(default=None)
    rev = Integer(default=None)
    params = JSONB(default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    finished_at = Timestamptz(null=True, default=None)


class VapidKey(Table, tablename="vapid_key"):
    """One row: who we are to the push services of browsers. PEM, PKCS 8."""

    id = SmallInt(primary_key=True, default=1)
    private_key = Text(default=None)
    created_at = Timestamptz(default=None)


class InboxOnly(Table, tablename="inbox_only"):
    """A kind of which a recipient wants no push, or only one a day; the primary key is recipient and kind."""

    recipient = BigInt(primary_key=True, default=None)
    kind = Text(default=None)
    is_digest = Boolean(default=False)


class Digest(Table, tablename="digest"):
    """Who is told once a day how much there is to read, and when the next time is."""

    recipient = BigInt(primary_key=True, default=None)
    zone = Text(default=None)
    language = Text(default=None)
    next_at = Timestamptz(default=None)


class QuietHours(Table, tablename="quiet_hours"):
    """When a recipient's phones shall not ring, on the clocks of `zone`; `ends` may be on the next day."""

    recipient = BigInt(primary_key=True, default=None)
    begins = Time(default=None)
    ends = Time(default=None)
    zone = Text(default=None)
