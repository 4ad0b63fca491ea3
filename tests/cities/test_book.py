"""What a process knows of the cities, and how soon it learns."""

import asyncio
from datetime import date

import pytest

from api.cities.book import CityBook
from api.piccolo_conf import DB
from tests.cities.factories import a_small_city


class Clock:
    """Time that stands still until a test moves it."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(clock: Clock) -> CityBook:
    return CityBook(DB, max_age_s=5, monotonic=clock)


async def test_a_city_is_found_by_its_own_code_and_by_any_code_inside(book: CityBook):
    city_id = await a_small_city("32.76")

    for code in ("32.76", "32.76.01", "32.76.01.1001"):
        city = await book.city_of(code)
        assert city is not None
        assert city.id == city_id


async def test_a_code_of_nobody_is_no_city(book: CityBook):
    await a_small_city("32.76")

    assert await book.city_of("32.77.01.1001") is None


async def test_a_province_that_governs_itself_answers_for_all_its_regencies(book: CityBook):
    city_id = await a_small_city("32.76")
    await DB.fetch("UPDATE city SET code = '31'")
    await DB.fetch("UPDATE city_regency SET code = '31.71'")
    await DB.fetch("INSERT INTO city_regency (code, city_id) VALUES ('31.75', $1)", city_id)

    assert await book.city_of("31.71.01.1001") == await book.city_of("31.75.01.1001") == await book.city_of("31")
    assert await book.city_of("31.74.01.1001") is None


async def test_a_city_carries_its_categories_agencies_and_rules(book: CityBook):
    await a_small_city()

    city = await book.city_of("32.76")

    assert city is not None
    category = city.categories["jalan-rusak"]
    (agency,) = city.agencies.values()
    assert (category.name_en, category.group.key, agency.key) == ("Damaged road", "jalan", "dpupr")
    assert [(rule.category_id, rule.agency_id) for rule in city.rules] == [(category.id, agency.id)]
    assert (city.timezone, city.calendar.days_off) == ("Asia/Jakarta", {6, 7})


async def test_what_is_closed_takes_no_new_report_and_is_still_named(book: CityBook):
    await a_small_city()
    await DB.fetch("UPDATE agency SET active = false")
    await DB.fetch("UPDATE category SET active = false")

    city = await book.city_of("32.76")

    assert city is not None
    assert (dict(city.categories), city.rules) == ({}, ())
    assert [agency.active for agency in city.agencies.values()] == [False]
    assert [category.key for category in city.every_category.values()] == ["jalan-rusak"]


async def test_the_citys_own_decision_about_a_day_goes_before_the_national_one(book: CityBook):
    await a_small_city("32.77")
    city_id = await a_small_city("32.76")
    await DB.fetch("INSERT INTO holiday (date, name) VALUES ('2026-07-07', 'Pilkada'), ('2026-07-08', 'Cuti')")
    await DB.fetch(
        "INSERT INTO holiday (city_id, date, name, is_working_day) VALUES ($1, '2026-07-08', 'Tetap masuk', true)",
        city_id,
    )

    depok, cimahi = await book.city_of("32.76"), await book.city_of("32.77")

    assert depok is not None
    assert cimahi is not None
    assert (depok.calendar.closed, depok.calendar.open) == ({date(2026, 7, 7)}, {date(2026, 7, 8)})
    assert cimahi.calendar.closed == {date(2026, 7, 7), date(2026, 7, 8)}


async def test_a_change_is_known_once_the_copy_is_old(book: CityBook, clock: Clock):
    assert await book.city_of("32.76") is None
    await a_small_city()

    clock.now_s = 4.9
    assert await book.city_of("32.76") is None
    clock.now_s = 5.0
    assert await book.city_of("32.76") is not None


async def test_a_change_is_known_at_once_after_invalidation(book: CityBook):
    assert await book.city_of("32.76") is None
    await a_small_city()

    book.invalidate()

    assert await book.city_of("32.76") is not None


async def test_an_unchanged_database_is_not_read_again(book: CityBook, clock: Clock):
    await a_small_city()
    before = await book.city_of("32.76")

    clock.now_s = 60.0

    assert await book.city_of("32.76") is before


async def test_everybody_waits_for_the_first_copy(book: CityBook):
    await a_small_city()

    cities = await asyncio.gather(*(book.city_of("32.76") for _ in range(20)))

    assert None not in cities
    assert len({id(city) for city in cities}) == 1


async def test_while_one_caller_reads_the_others_get_the_old_copy(book: CityBook, clock: Clock):
    await a_small_city()
    old = await book.city_of("32.76")
    await DB.fetch("UPDATE city SET name = 'Kota Baru'")
    clock.now_s = 5.0

    reader, *others = await asyncio.gather(*(book.city_of("32.76") for _ in range(5)))

    assert reader is not None
    assert reader.name == "Kota Baru"
    assert all(city is old for city in others)


async def test_a_change_during_the_reading_is_not_missed(book: CityBook):
    await a_small_city()
    reading = asyncio.create_task(book.city_of("32.76"))
    await asyncio.sleep(0)  # the task has asked the database and waits
    book.invalidate()
    await reading
    await DB.fetch("UPDATE city SET name = 'Kota Baru'")

    city = await book.city_of("32.76")

    assert city is not None
    assert city.name == "Kota Baru"


async def test_a_transaction_of_the_caller_does_not_leak_into_the_book(book: CityBook):
    async with DB.transaction():
        await a_small_city()
        assert await book.city_of("32.76") is None


async def test_every_change_notifies_the_processes_that_listen():
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await DB.get_new_connection()
    try:
        await listener.add_listener("cities", lambda _connection, _pid, channel, _payload: heard.put_nowait(channel))
        await a_small_city()
        assert await asyncio.wait_for(heard.get(), timeout=5) == "cities"
    finally:
        await listener.close()


async def test_a_rule_cannot_point_into_another_city():
    depok, cimahi = await a_small_city("32.76"), await a_small_city("32.77")

    with pytest.raises(Exception, match="routing_rule_city_id_agency_id_fkey"):
        await DB.fetch(
            "INSERT INTO routing_rule (city_id, agency_id) SELECT $1, id FROM agency WHERE city_id = $2", depok, cimahi
        )


async def test_a_city_leaves_with_everything_it_has():
    city_id = await a_small_city()

    await DB.fetch("DELETE FROM city WHERE id = $1", city_id)

    assert (await DB.fetch("SELECT count(*) FROM agency"))[0]["count"] == 0
