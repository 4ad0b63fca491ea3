"""A change made elsewhere is known before anybody's patience runs out."""

import asyncio

from api.cities.book import CityBook
from api.cities.hearing import hearing
from api.piccolo_conf import DB
from tests.cities.factories import a_small_city


async def test_a_book_that_would_trust_its_copy_for_an_hour_hears_of_a_change():
    book = CityBook(DB, max_age_s=3600)
    async with hearing(DB, [book]):
        assert await book.cities() == ()
        await a_small_city()
        async with asyncio.timeout(10):
            while not await book.cities():
                await asyncio.sleep(0)


async def test_who_does_not_hear_keeps_its_copy():
    book = CityBook(DB, max_age_s=3600)
    assert await book.cities() == ()
    await a_small_city()
    assert await book.cities() == ()
