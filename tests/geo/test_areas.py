import pytest

from api.piccolo_conf import DB
from geo.areas import find, local_term, names, search, sources
from geo.locate import AreaName
from tests.geo.factories import a_city_of_squares


@pytest.mark.parametrize(
    ("code", "name", "term"),
    [
        ("32.76", "Kota Depok", "kota"),
        ("31.71", "Kota Administrasi Jakarta Pusat", "kota"),
        ("61.01", "Kabupaten Sambas", "kabupaten"),
        ("32.76.01", "Pancoran Mas", "kecamatan"),
        ("94.01.01", "Nabire", "distrik"),
        ("34.71.01", "Tegalrejo", "kemantren"),
        ("34.02.01", "Srandakan", "kapanewon"),
        ("32.76.01.1001", "Depok", "kelurahan"),
        ("32.01.01.2001", "Nanggewer", "desa"),
        ("13.05.01.2001", "Lubuk Alung", "nagari"),
        ("13.76.01.1001", "Ibuh", "kelurahan"),
        ("13.77.01.2001", "Naras", "desa"),
        ("13.09.01.2001", "Sioban", "desa"),
        ("11.01.01.2001", "Keude Bakongan", "gampong"),
        ("94.01.01.2001", "Waroki", "kampung"),
    ],
)
def test_an_area_is_called_as_people_there_call_it(code, name, term):
    assert local_term(code, name) == term


async def test_areas_are_found_by_code():
    await a_city_of_squares()
    assert await find("32.76") == AreaName("32.76", "Kota Depok", "kota")
    assert await find("99.99") is None
    assert set(await names(["32.76.01", "32.76.02.1001", "99.99"])) == {"32.76.01", "32.76.02.1001"}
    assert await names([]) == {}


async def test_areas_are_found_by_a_part_of_the_name_larger_ones_first():
    await a_city_of_squares()
    assert [area.name for area in await search("dePok")] == ["Kota Depok", "Depok", "Depok Jaya"]
    assert [area.code for area in await search("an", limit=1)] == ["32.76.01"]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "\\", "' OR 1=1 --"])
async def test_a_search_for_signs_finds_nothing(text):
    await a_city_of_squares()
    assert await search(text) == []


async def test_the_sources_of_current_areas_are_told_official_ones_first():
    old = await a_city_of_squares(edition="lama")
    await DB.fetch("UPDATE area SET current = false WHERE version = $1", old)
    await a_city_of_squares("32.01", name="Kabupaten Bogor", quality="approximate", edition="perkiraan")
    await a_city_of_squares()
    told = await sources()
    assert [(one.name, one.quality) for one in told] == [("32.76 2026", "official"), ("perkiraan", "approximate")]
    assert (told[0].source, told[0].licence) == ("made by a test", "CC0-1.0")
