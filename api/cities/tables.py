"""The tables of the cities, for ordinary queries; constraints and the trigger are in the migration."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Time,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class City(Table):
    """One adopting kabupaten or kota. `code` is its Kemendagri code; a province that governs itself has two digits."""

    id: Serial
    code = Text(unique=True)
    name = Text()
    timezone = Text()
    call_centre = Text(null=True, default=None)
    open_data_licence = Text()
    office_opens = Time()
    office_closes = Time()
    days_off = Array(base_column=SmallInt(), help_text="ISO weekdays, Monday is 1")
    added_at = Timestamptz()


class CityRegency(Table, tablename="city_regency"):
    """Which city answers for a regency code of a village."""

    code = Text(primary_key=True)
    city_id = ForeignKey(City, null=False, on_delete=OnDelete.cascade)


class Agency(Table):
    id: Serial
    city_id = ForeignKey(City, null=False, on_delete=OnDelete.cascade)
    parent_id: ForeignKey["Agency"] = ForeignKey("self", null=True, on_delete=OnDelete.no_action)
    key = Text()
    name = Text()
    kind = Text()
    active = Boolean(default=True)


class CategoryGroup(Table, tablename="category_group"):
    id: Serial
    city_id = ForeignKey(City, null=False, on_delete=OnDelete.cascade)
    key = Text()
    name_id = Text()
    name_en = Text()
    rank = SmallInt()


class Category(Table):
    id: Serial
    city_id = ForeignKey(City, null=False, on_delete=OnDelete.cascade)
    group_id = ForeignKey(CategoryGroup, null=False, on_delete=OnDelete.no_action)
    key = Text()
    name_id = Text()
    name_en = Text()
    resolve_class = Text()
    needs_evidence = Boolean(default=True)
    is_emergency = Boolean(default=False)
    private_place = Boolean(default=False)
    default_visibility = Text(default="public")
    questions = JSONB()
    rank = SmallInt()
    active = Boolean(default=True)
    precision_m = Integer(null=True, default=None)


class RoutingRule(Table, tablename="routing_rule"):
    """Reports of this category (or group, or any) in this area (or anywhere in the city) go to this agency."""

    id: Serial
    city_id = ForeignKey(City, null=False, on_delete=OnDelete.cascade)
    category_id = ForeignKey(Category, null=True, on_delete=OnDelete.no_action)
    group_id = ForeignKey(CategoryGroup, null=True, on_delete=OnDelete.no_action)
    area_code = Text(null=True, default=None)
    agency_id = ForeignKey(Agency, null=False, on_delete=OnDelete.no_action)


class Holiday(Table):
    """A day that differs from the national calendar; without a city, for all of them."""

    id: Serial
    city_id = ForeignKey(City, null=True, on_delete=OnDelete.cascade)
    date = Date()
    name = Text()
    is_working_day = Boolean(default=False)
    source = Text(default="")


class CityVersion(Table, tablename="city_version"):
    """One row, changed with every change of the tables above; only their trigger writes it."""

    one = Boolean(primary_key=True, default=True)
    version = UUID()


class SlaPolicy(Table, tablename="sla_policy"):
    """A version of a city's promises; `effective_from` decides which clocks follow it."""

    id: Serial
    city_id = ForeignKey(City, null=False, on_delete=OnDelete.cascade)
    version = Integer()
    name = Text()
    source = Text()
    effective_from = Timestamptz()
    made_at = Timestamptz()
    made_by = BigInt(null=True, default=None)
    escalate_at = Array(base_column=SmallInt())


class SlaPromise(Table, tablename="sla_promise"):
    """One number of a version: for a clock, or that clock of a class or of one category."""

    id: Serial
    city_id = Integer()
    policy_id = ForeignKey(SlaPolicy, null=False, on_delete=OnDelete.cascade)
    clock = Text()
    category_id = ForeignKey(Category, null=True, on_delete=OnDelete.no_action)
    resolve_class = Text(null=True, default=None)
    days = SmallInt()
    extension_days = SmallInt(default=0)
    source = Text()


class CityChange(Table, tablename="city_change"):
    """Who changed what of a city's configuration: the row before and after."""

    id = BigSerial(primary_key=True)
    city_id = Integer()
    at = Timestamptz(default=None)
    account = BigInt(null=True, default=None)
    what = Text()
    key = Text()
    before = JSONB(null=True, default=None)
    after = JSONB(null=True, default=None)
