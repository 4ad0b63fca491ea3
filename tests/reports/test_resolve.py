from api.piccolo_conf import DB
from api.reports.resolve import resolve
from tests.people import Town


async def test_reports_that_lie_where_they_were_put_do_not_move(town: Town):
    await (await town.resident()).submits()
    resolution = await resolve()
    assert (resolution.reports, resolution.moves) == (1, ())


async def test_newer_boundaries_show_who_would_move_and_move_nobody(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    # the first village loses its land to the second
    await DB.fetch("UPDATE area SET current = false WHERE code = '32.76.01.1001'")
    await DB.fetch("UPDATE area SET shape = ST_Multi(ST_Expand(shape, 0.02)) WHERE code = '32.76.01.1002' AND current")
    resolution = await resolve()
    assert [(m.before.code, m.after and m.after.code, m.reports) for m in resolution.moves] == [
        ("32.76.01.1001", "32.76.01.1002", 1)
    ]
    kept = (await resident.get(f"/v1/reports/{receipt['id']}")).json()
    assert kept["place"]["village"]["code"] == "32.76.01.1001"
