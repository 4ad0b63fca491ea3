from api.piccolo_conf import DB
from api.reports.similar import NEARBY, SINCE, tiles_around
from geo.point import Point
from tests.people import NOON, Town
from tests.plans import indexes_of
from tests.public.crowd import multiply

HERE = "/v1/reports/similar?lat=-6.40&lon=106.79"
METRE = 1 / 111_320


async def test_the_nearest_open_reports_come_first(town: Town):
    resident, other = await town.resident(), await town.resident()
    far = await resident.submits(lat=-6.40 + 200 * METRE)
    near = await resident.submits(lat=-6.40 + 50 * METRE)
    await resident.submits(lat=-6.40 + 300 * METRE)
    found = (await other.get(f"{HERE}&category=jalan-rusak")).json()
    assert [one["tracking_id"] for one in found] == [near["tracking_id"], far["tracking_id"]]
    assert [one["distance_m"] for one in found] == [50, 200]


async def test_closed_hidden_old_and_other_reports_are_not_offered(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    rejected = await resident.submits()
    assert (await operator.steps(rejected["id"], "verified", 2, reason="salah alamat")).status_code == 201
    assert (await operator.steps(rejected["id"], "rejected", 3, reason="bukan wewenang")).status_code == 201
    await resident.submits(visibility="restricted")
    await resident.submits(category="lainnya")
    assert (await resident.get(f"{HERE}&category=jalan-rusak")).json() == []
    assert len((await resident.get(HERE)).json()) == 1
    await town.passes(resident, days=91)
    assert (await resident.get(HERE)).json() == []


async def test_the_distance_to_a_home_is_that_to_the_street_that_is_shown(town: Town):
    resident = await town.resident()
    for lat, lon in ((-6.4003, 106.7903), (-6.3998, 106.7896)):
        await resident.submits(category="air-keruh", lat=lat, lon=lon)
    found = (await resident.get("/v1/reports/similar?lat=-6.4015&lon=106.79")).json()
    assert [(one["position"]["lat"], one["position"]["lon"]) for one in found] == [(-6.4, 106.79)] * 2
    assert [one["distance_m"] for one in found] == [170, 170]


async def test_the_search_uses_the_keys_of_the_map(town: Town):
    await (await town.resident()).submits()
    await multiply(4_000)
    for table in ("map_point", "report"):  # a plan follows the statistics, and those of a test's tables are anybody's
        await DB.fetch(f"ANALYZE {table}")
    point = Point(lat=-6.4, lon=106.79)
    used = await indexes_of(NEARBY, point, *tiles_around(point), town.city.id, NOON - SINCE, ["closed"], None, 250, 10)
    assert used & {"map_point_qk", "map_point_city_qk"}
