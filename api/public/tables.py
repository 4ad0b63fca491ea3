"""Keys of systems that report through Open311, sums of the statistics, webhooks; the migrations say the rest."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Serial, SmallInt, Text, Timestamptz
from piccolo.table import Table


class ApiKey(Table, tablename="api_key"):
    """`account` is the resident in whose name its reports stand; `used` counts those since `hour`."""

    id: Serial
    key_hash = Bytea()
    name = Text()
    city = Integer()
    account = BigInt()
    per_hour = Integer()
    hour = Timestamptz(default=None)
    used = Integer()
    added_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)


class StatisticFact(Table, tablename="statistic_fact"):
    """What counts of one public report; times in seconds since it was made."""

    report = BigInt(primary_key=True)
    city = Integer()
    month = Date()
    agency = Integer(null=True)
    category = Integer()
    village_code = Text()
    is_open = Boolean()
    responded_s = BigInt(null=True)
    resolved_s = BigInt(null=True)
    is_kept = Boolean(null=True)
    due_at = Timestamptz(null=True)
    is_closed = Boolean()
    is_unconfirmed = Boolean()
    is_disputed = Boolean()
    has_evidence = Boolean()
    is_flagged = Boolean()


class StatisticStale(Table, tablename="statistic_stale"):
    """Its key is (city, month)."""

    city = Integer(primary_key=True)
    month = Date()


class Statistic(Table, tablename="statistic"):
    """Its key is (city, dimension, month, key)."""

    city = Integer(primary_key=True)
    dimension = Text()
    key = Text()
    month = Date()
    reports = Integer()
    open = Integer()
    closed = Integer()
    resolved = Integer()
    unconfirmed = Integer()
    disputed = Integer()
    promised = Integer()
    kept = Integer()
    evidenced = Integer()
    flagged = Integer()


class StatisticTime(Table, tablename="statistic_time"):
    """Its key is (city, dimension, month, key, step, bucket)."""

    city = Integer(primary_key=True)
    dimension = Text()
    key = Text()
    month = Date()
    step = Text()
    bucket = SmallInt()
    reports = Integer()


class StatisticReading(Table, tablename="statistic_reading"):
    """One row."""

    id = Integer(primary_key=True)
    xid = BigInt()
    report = BigInt()
    at = Timestamptz()


class Webhook(Table, tablename="webhook"):
    """`secret_sealed` is sealed for the row "webhook <id>"."""

    id = UUID(primary_key=True)
    city = Integer()
    agency = Integer(null=True, default=None)
    url = Text()
    secret_sealed = Bytea()
    added_by = BigInt()
    added_at = Timestamptz(default=None)
    xid = BigInt()
    report = BigInt()
    next_at = Timestamptz(default=None)
    leased_until = Timestamptz(null=True, default=None)
    failures = Integer()
    failing_since = Timestamptz(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)


class WebhookAttempt(Table, tablename="webhook_attempt"):
    """`status` is None when no answer came; `fault` says why."""

    delivery = UUID(primary_key=True)
    webhook = UUID()
    at = Timestamptz(default=None)
    changes = Integer()
    status = Integer(null=True, default=None)
    fault = Text()
    took_ms = Integer()
