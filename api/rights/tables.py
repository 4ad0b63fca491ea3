"""The tables of this room; their DDL is in the migration."""

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table


class Erasure(Table):
    """An account that was erased. `finished_at`: its reports have been gone through too."""

    account = BigInt(primary_key=True)
    redact_reports = Boolean()
    asked_at = Timestamptz()
    finished_at = Timestamptz(null=True)


class OwnExport(Table, tablename="own_export"):
    """How many copies an account took on that day."""

    account = BigInt(primary_key=True)
    day = Date()
    taken = SmallInt()


class RetentionCount(Table, tablename="retention_count"):
    """What went because its time was over."""

    kind = Text(primary_key=True)
    amount = BigInt()
    at = Timestamptz()


class Block(Table):
    """`report`: the one for which it was given; whose account it is, the operator never learns."""

    id = UUID(primary_key=True)
    account = BigInt()
    city = Integer(null=True)
    report = UUID(null=True)
    reason = Text()
    blocked_by = BigInt()
    at = Timestamptz()
    until = Timestamptz()
    appeal = Text()
    appealed_at = Timestamptz(null=True)
    lifted_by = BigInt(null=True)
    lifted_at = Timestamptz(null=True)
