"""A report is put right: words, place, category, visibility."""

from typing import Any

from api.piccolo_conf import DB
from api.reports.audit import verify
from tests.people import Person, Town
from tests.reports.steps import dispatched, fields, is_at, puts
from tests.reports.test_worklist import OfficerPhone

NEXT_DOOR = {"lat": -6.40, "lon": 106.81, "accuracy_m": 5}


async def seen_by(person: Person, report: str) -> dict[str, Any]:
    body: dict[str, Any] = (await person.get(f"/v1/reports/{report}")).json()
    return body


async def test_the_reporter_edits_until_somebody_has_looked_at_it(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits())["id"]
    edited = await resident.says(
        report, "edit", 2, text=" Jalan amblas. ", address="Depan SD 1", answers={"luas": "2 m"}
    )
    assert edited.status_code == 201
    seen = await seen_by(operator, report)
    assert (seen["text"], seen["address"], seen["answers"]) == ("Jalan amblas.", "Depan SD 1", {"luas": "2 m"})
    assert (await operator.steps(report, "in_progress", 3)).status_code == 201
    assert (await resident.says(report, "edit", 4, text="Lain")).status_code == 409
    assert (await operator.says(report, "edit", 4, text="Lain")).status_code == 403
    assert (await verify()).broken == []


async def test_an_edit_needs_words(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    assert fields(await resident.says(report, "edit", 2)) == ["text"]
    assert fields(await resident.says(report, "edit", 2, text=" ")) == ["text"]


async def test_the_pin_moves_and_the_place_and_the_map_with_it(town: Town):
    operator, report = await town.staff("operator"), await dispatched(town)
    before = (await seen_by(operator, report))["place"]["village"]["code"]
    assert (await operator.says(report, "relocate", 2, position=NEXT_DOOR)).status_code == 201
    seen = await seen_by(operator, report)
    assert seen["position"]["lon"] == NEXT_DOOR["lon"]
    assert seen["place"]["village"]["code"] != before
    assert (await is_at(report))["state"] == "dispatched"
    assert "106.81" not in str(await DB.fetch("SELECT details::text, note FROM report_event"))
    assert (await verify()).broken == []


async def test_who_loses_a_report_by_a_moved_pin_is_told(town: Town):
    operator, report = await town.staff("operator"), await dispatched(town)
    village = (await seen_by(operator, report))["place"]["village"]["code"]
    lurah = OfficerPhone(await town.staff("area_head", area=village))
    assert report in await lurah.syncs()
    await operator.says(report, "relocate", 2, position=NEXT_DOOR)
    assert await lurah.syncs() == {}


async def test_a_pin_is_not_moved_out_of_the_city_nor_by_anybody(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    officer, resident = await town.staff("officer", agency="dpupr"), await town.resident()
    assert (await officer.says(report, "relocate", 2, position=NEXT_DOOR)).status_code == 403
    assert (await resident.says(report, "relocate", 2, position=NEXT_DOOR)).status_code == 404
    assert fields(await operator.says(report, "relocate", 2)) == ["position"]
    assert fields(await operator.says(report, "relocate", 2, position={"lat": 0, "lon": 0})) == ["position"]
    await puts(report, "closed")
    assert (await operator.says(report, "relocate", 2, position=NEXT_DOOR)).status_code == 409


async def test_the_reporter_moves_the_pin_until_verified(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits())["id"]
    assert (await resident.says(report, "relocate", 2, position=NEXT_DOOR)).status_code == 201
    await operator.steps(report, "in_progress", 3)
    assert (await resident.says(report, "relocate", 4, position=NEXT_DOOR)).status_code == 403


async def test_another_category_promises_another_date(town: Town):
    operator, report = await town.staff("operator"), await dispatched(town)
    before = await seen_by(operator, report)
    now_in = next(
        category.key
        for category in town.city.categories.values()
        if category.resolve_class == "minor" and category.default_visibility == "public"
    )
    assert (await operator.says(report, "recategorize", 2, category=now_in)).status_code == 201
    after = await seen_by(operator, report)
    assert (after["category"], after["state"]) == (now_in, "dispatched")
    due = {clock["clock"]: clock["due_at"] for clock in before["clocks"]}
    due_now = {clock["clock"]: clock["due_at"] for clock in after["clocks"]}
    assert due["resolve"] != due_now["resolve"]
    assert due["respond"] == due_now["respond"]
    assert (await verify()).broken == []


async def test_what_nobody_has_dispatched_goes_where_the_new_category_leads(town: Town):
    operator, report = await town.staff("operator"), await dispatched(town)
    await puts(report, "submitted")
    await DB.fetch("UPDATE report SET agency = NULL")
    await DB.fetch("UPDATE report_event SET to_state = 'submitted' WHERE version = 2")
    moved = await operator.says(report, "recategorize", 2, category="jalan-rusak")
    assert (moved.json()["state"], moved.json()["agency"]["key"]) == ("dispatched", "uptd-jalan-1")
    assert (await is_at(report))["version"] == 4


async def test_a_category_that_is_none_or_an_emergency_is_refused(town: Town):
    operator, report = await town.staff("operator"), await dispatched(town)
    assert fields(await operator.says(report, "recategorize", 2, category="tidak-ada")) == ["category"]
    assert fields(await operator.says(report, "recategorize", 2)) == ["category"]


async def test_staff_restrict_and_take_it_back_but_never_lift_the_reporters_choice(town: Town):
    operator, lurah = await town.staff("operator"), await town.staff("area_head", area="32.76")
    officer = await town.staff("officer", agency="dpupr")
    report, private = await dispatched(town), await dispatched(town, visibility="restricted")
    why = {"reason": "Menyangkut anak"}
    assert (await officer.says(report, "visibility", 2, visibility="restricted", **why)).status_code == 403
    assert fields(await lurah.says(report, "visibility", 2, visibility="restricted")) == ["reason"]
    assert (await lurah.says(report, "visibility", 2, visibility="restricted", **why)).status_code == 201
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0][0] == 0
    assert (await officer.get(f"/v1/reports/{report}")).status_code == 404
    assert (await operator.says(report, "visibility", 3, visibility="public", **why)).status_code == 201
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0][0] == 1
    for wanted in ("public", "secret"):
        assert fields(await operator.says(private, "visibility", 2, visibility=wanted, **why)) == ["visibility"]
