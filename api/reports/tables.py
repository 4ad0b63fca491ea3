"""The tables of the report; what each column means stands in the README's Words."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    DoublePrecision,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from geo.columns import Geometry


class Report(Table):
    id = BigSerial(primary_key=True)
    client_id = UUID()
    tracking_id = Text()
    body_sha256 = Bytea()
    account = BigInt()
    channel = Text()
    report_type = Text()
    city = Integer()
    category = Integer()
    text = Text()
    address = Text()
    answers = JSONB()
    visibility = Text()
    is_anonymous = Boolean()
    location = Geometry("Point", null=False)
    accuracy_m = DoublePrecision(null=True)
    village_code = Text()
    boundary_version = Text()
    place = JSONB()
    occurred_at = Timestamptz()
    created_at = Timestamptz()
    state = Text()
    version = Integer()
    agency = Integer(null=True)
    officer = BigInt(null=True)
    routing_reason = Text()
    evidence_by = BigInt(null=True)
    triaged_at = Timestamptz(null=True)
    last_hash = Bytea()
    changed_xid = BigInt()
    step_version = Integer()
    supports = Integer()
    bounces = SmallInt()
    is_escalated = Boolean()
    merged_into = BigInt(null=True)
    recurrence_of = BigInt(null=True)
    parent = BigInt(null=True)
    coordinating = Array(base_column=Integer(), null=True)
    text_digest = BigInt(null=True)
    public_location = Geometry("Point", null=False)


class ReportEvent(Table, tablename="report_event"):
    """Its key is (report, version); Piccolo knows keys of one column only."""

    report = BigInt(primary_key=True)
    version = Integer()
    client_id = UUID()
    kind = Text()
    actor = BigInt(null=True)
    role = Text()
    grant_used = BigInt(null=True)
    from_state = Text(null=True)
    to_state = Text()
    agency = Integer(null=True)
    officer = BigInt(null=True)
    reason = Text()
    note = Text()
    internal_note = Text()
    evidence = Array(base_column=UUID())
    details = JSONB()
    device_time = Timestamptz(null=True)
    at = Timestamptz()
    hash = Bytea()
    is_hidden = Boolean()
    seals = JSONB(null=True)


class ReportClock(Table, tablename="report_clock"):
    """Its key is (report, clock, started_at)."""

    report = BigInt(primary_key=True)
    clock = Text()
    started_at = Timestamptz()
    due_at = Timestamptz(null=True)
    pauses = JSONB()
    stopped_at = Timestamptz(null=True)
    look_at = Timestamptz()


class Escalation(Table):
    """Its key is (report, clock, started_at, level)."""

    report = BigInt(primary_key=True)
    clock = Text()
    started_at = Timestamptz()
    level = SmallInt()
    due_at = Timestamptz()
    at = Timestamptz()


class ArrivalCursor(Table, tablename="arrival_cursor"):
    """One row: up to where new reports have been told to those who must act."""

    id = SmallInt(primary_key=True, default=1)
    xid = BigInt()
    caught_up_at = Timestamptz()


class ReportPhoto(Table, tablename="report_photo"):
    photo = UUID(primary_key=True)
    report = BigInt()
    account = BigInt()
    purpose = Text()
    position = SmallInt()


class ReportFollower(Table, tablename="report_follower"):
    """Its key is (report, account, reason)."""

    report = BigInt(primary_key=True)
    account = BigInt()
    reason = Text()
    since = Timestamptz()


class ReportForgotten(Table, tablename="report_forgotten"):
    """Reports that have no author any more."""

    report = BigInt(primary_key=True)
    because = Text()
    at = Timestamptz()


class ReportDevice(Table, tablename="report_device"):
    """How many reports a sign-in sent in an hour in which its account was past what an unknown one may."""

    device = UUID(primary_key=True)
    hour = Timestamptz()
    reports = Integer()
