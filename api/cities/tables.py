"""The tables of the cities, for ordinary queries; constraints and the trigger are in the migration."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    Date,
    ForeignKey,
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


class CityVersion(Table, tablename="city_version"):
    """One row, changed with every change of the tables above; only their trigger writes it."""

    one = Boolean(primary_key=True, default=True)
    version = UUID()
