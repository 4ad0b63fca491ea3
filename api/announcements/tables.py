"""The tables of this room; their DDL is in the migration."""

from piccolo.columns import UUID, BigInt, BigSerial, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table


class Announcement(Table):
    """Who wrote, released and withdrew it stands in its own row: nothing of it is changed after that."""

    id = BigSerial(primary_key=True)
    client_id = UUID(unique=True)
    city = Integer()
    area_code = Text()
    area_name = Text()
    title_id = Text()
    title_en = Text()
    body_id = Text()
    body_en = Text()
    is_urgent = Boolean()
    valid_until = Timestamptz()
    state = Text()
    audience = Integer()
    written_by = BigInt()
    written_at = Timestamptz()
    released_by = BigInt(null=True)
    released_at = Timestamptz(null=True)
    withdrawn_by = BigInt(null=True)
    withdrawn_at = Timestamptz(null=True)


class AreaSubscription(Table, tablename="area_subscription"):
    """Its key is (account, area_code); the area `reported` stands for every area that the account reported from."""

    account = BigInt(primary_key=True)
    area_code = Text()
    since = Timestamptz()
