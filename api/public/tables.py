"""Keys by which other systems report through Open311."""

from piccolo.columns import BigInt, Bytea, Integer, Serial, Text, Timestamptz
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
