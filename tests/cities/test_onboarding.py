"""`city add`: a code in, a working city out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from api.cities.book import City, CityBook, UnknownCity
from api.cities.onboarding import add_city
from api.cities.routing import choose
from api.cities.templates import District
from api.piccolo_conf import DB

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SEVEN_CITIES = ["31", "32.76", "32.78", "32.77", "13.76", "13.05", "61.01"]


class KnownAreas(msgspec.Struct):
    """`geo.areas` with a few areas loaded."""

    known: dict[str, District]

    async def names(self, codes: Sequence[str]) -> Mapping[str, District]:
        return {code: self.known[code] for code in codes if code in self.known}


NOWHERE = KnownAreas({})
BOGOR = KnownAreas(
    {
        "32.01": District("32.01", "Kabupaten Bogor", "kabupaten"),
        "32.01.01": District("32.01.01", "Cibinong", "kecamatan"),
        "32.01.02": District("32.01.02", "Gunung Putri", "kecamatan"),
    }
)


async def the_city(code: str) -> City:
    city = await CityBook(DB).city_of(code)
    assert city is not None
    return city


async def test_a_city_of_the_templates_is_ready_without_any_loaded_area():
    added = await add_city("32.76", NOW, areas=NOWHERE)

    city = await the_city("32.76")
    assert (added.is_new, added.name, city.name, city.id) == (True, "Kota Depok", "Kota Depok", added.id)
    assert (len(city.agencies), len(city.groups), len(city.categories), len(city.rules)) == (
        added.agencies,
        added.groups,
        added.categories,
        added.rules,
    )


@pytest.mark.parametrize("code", SEVEN_CITIES)
async def test_every_category_but_the_last_resort_has_an_agency(code: str):
    await add_city(code, NOW, areas=NOWHERE)

    city = await the_city(code)
    village = f"{city.regencies[0]}.99.1001"
    unanswered = [
        key for key, category in city.categories.items() if choose(city.rules, category, village).agency_id is None
    ]
    assert unanswered == ["lainnya"]


@pytest.mark.parametrize("code", SEVEN_CITIES)
async def test_each_of_the_seven_has_rules_for_single_areas(code: str):
    await add_city(code, NOW, areas=NOWHERE)

    rules = (await the_city(code)).rules
    assert len([rule for rule in rules if rule.area_code]) >= 2


async def test_a_damaged_road_in_pancoran_mas_goes_to_the_unit_of_that_district():
    await add_city("32.76", NOW, areas=NOWHERE)
    city = await the_city("32.76")

    here = choose(city.rules, city.categories["jalan-rusak"], "32.76.01.1001")
    elsewhere = choose(city.rules, city.categories["jalan-rusak"], "32.76.05.1001")

    assert here.reason == f"aturan {here.rule_id}: jalan rusak di 32.76.01"
    assert [city.agencies[route.agency_id or 0].key for route in (here, elsewhere)] == ["uptd-jalan-1", "uptd-jalan"]


async def test_jakarta_is_one_city_with_six_regencies_and_a_suku_dinas_in_each():
    added = await add_city("31.74", NOW, areas=NOWHERE)
    city = await the_city("31.74")

    route = choose(city.rules, city.categories["genangan"], "31.74.01.1001")

    assert (added.code, city.code, len(city.regencies)) == ("31", "31", 6)
    assert city.agencies[route.agency_id or 0].name == "Suku Dinas Sumber Daya Air Kota Administrasi Jakarta Selatan"


async def test_units_stand_under_their_agency():
    await add_city("32.77", NOW, areas=NOWHERE)
    agencies = (await the_city("32.77")).agencies
    by_key = {agency.key: agency for agency in agencies.values()}

    path, agency = [], by_key.get("jalan-selatan")
    while agency is not None:
        path.append(agency.key)
        agency = agencies.get(agency.parent_id or 0)

    assert path == ["jalan-selatan", "uptd-jalan", "dpupr"]


async def test_any_other_kabupaten_is_made_from_the_generic_lists_and_the_loaded_areas():
    await add_city("32.01", NOW, areas=BOGOR)

    city = await the_city("32.01")
    names = {agency.key: agency.name for agency in city.agencies.values()}
    assert city.name == "Kabupaten Bogor"
    assert names["air-minum"] == "Perumda Air Minum Kabupaten Bogor"
    assert "dpmd" in names


async def test_a_district_office_answers_for_the_small_matters_of_its_streets():
    await add_city("32.01", NOW, areas=BOGOR)
    city = await the_city("32.01")

    route = choose(city.rules, city.categories["jalan-kotor"], "32.01.02.2003")

    agency = city.agencies[route.agency_id or 0]
    assert (agency.name, agency.kind) == ("Kecamatan Gunung Putri", "area_office")


async def test_a_city_added_twice_is_the_same_city():
    first = await add_city("13.05", NOW, areas=NOWHERE)
    before = await the_city("13.05")

    second = await add_city("13.05", NOW, areas=NOWHERE)

    assert (second.id, second.is_new) == (first.id, False)
    assert (second.agencies, second.groups, second.categories, second.rules) == (0, 0, 0, 0)
    assert await the_city("13.05") == before


async def test_adding_again_keeps_what_the_city_has_changed():
    await add_city("13.05", NOW, areas=NOWHERE)
    await DB.fetch("UPDATE agency SET name = 'Dinas PUPR' WHERE key = 'dpupr'")
    await DB.fetch("UPDATE category SET active = false WHERE key = 'coretan'")

    await add_city("13.05", NOW, areas=NOWHERE)

    city = await the_city("13.05")
    assert "Dinas PUPR" in {agency.name for agency in city.agencies.values()}
    assert "coretan" not in city.categories


@pytest.mark.parametrize("code", ["99.99", "32", "3276", "32.76.01", "", "'; DROP TABLE city"])
async def test_an_unknown_code_is_refused_and_makes_nothing(code: str):
    with pytest.raises(UnknownCity) as refusal:
        await add_city(code, NOW, areas=NOWHERE)

    assert refusal.value.code == code
    assert await CityBook(DB).cities() == ()


async def test_a_city_is_made_in_the_transaction_of_the_caller():
    async with DB.transaction() as transaction:
        await add_city("32.76", NOW, areas=NOWHERE)
        await transaction.rollback()

    assert await CityBook(DB).cities() == ()


@pytest.mark.parametrize(
    ("code", "timezone"), [("32.01", "Asia/Jakarta"), ("73.71", "Asia/Makassar"), ("91.71", "Asia/Jayapura")]
)
async def test_the_zone_is_that_of_the_province(code: str, timezone: str):
    await add_city(code, NOW, areas=KnownAreas({code: District(code, "Kota Contoh", "kota")}))

    assert (await the_city(code)).timezone == timezone
