"""What an officer's phone holds after each sync: all of its grants, and nothing missed."""

from typing import Any

import pytest

from api.piccolo_conf import DB
from tests.people import Person, Town
from tests.reports.steps import dispatched, puts


class OfficerPhone:
    """Keeps what it is told, as an app does."""

    def __init__(self, owner: Person) -> None:
        self.owner, self.cursor = owner, ""
        self.holds: dict[str, str] = {}
        self.asked = 0

    async def turns(self, limit: int = 200) -> bool:
        """One page; whether there is another."""
        since = f"&since={self.cursor}" if self.cursor else ""
        answer = await self.owner.get(f"/v1/worklist?limit={limit}{since}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["reports"]) + len(page["removed"]) <= limit
        self.asked += 1
        self.cursor = page["next"]
        self.holds |= {report["id"]: report["state"] for report in page["reports"]}
        for gone in page["removed"]:
            self.holds.pop(gone, None)
        more: bool = page["more"]
        return more

    async def syncs(self, limit: int = 200) -> dict[str, str]:
        while await self.turns(limit):
            pass
        return self.holds


@pytest.fixture
async def coordinator(town: Town) -> OfficerPhone:
    return OfficerPhone(await town.staff("coordinator", agency="dpupr"))


async def test_the_first_sync_has_what_is_open(town: Town, coordinator: OfficerPhone):
    open_report, closed = await dispatched(town), await dispatched(town)
    await puts(closed, "closed")
    assert await coordinator.syncs() == {open_report: "dispatched"}


async def test_a_sync_without_changes_is_empty(town: Town, coordinator: OfficerPhone):
    report = await dispatched(town)
    await coordinator.syncs()
    coordinator.holds = {}
    certain = int(coordinator.cursor.split(".")[1])  # older than this, and no transaction was open then
    changed: int = (await DB.fetch("SELECT changed_xid FROM report"))[0][0]
    # Another test run on the same server may hold a transaction open: then the report comes once more.
    assert await coordinator.syncs() == ({} if changed < certain else {report: "dispatched"})


async def test_changes_and_new_reports_come_with_the_next_sync(town: Town, coordinator: OfficerPhone):
    first = await dispatched(town)
    await coordinator.syncs()
    await (await town.staff("operator")).steps(first, "in_progress", 2)
    second = await dispatched(town)
    assert await coordinator.syncs() == {first: "in_progress", second: "dispatched"}


async def test_a_report_that_went_to_another_agency_is_taken_off_the_phone(town: Town, coordinator: OfficerPhone):
    stays, goes = await dispatched(town), await dispatched(town)
    other = OfficerPhone(await town.staff("coordinator", agency="dlh"))
    assert set(await coordinator.syncs()) == {stays, goes}
    assert await other.syncs() == {}
    await (await town.staff("operator")).steps(goes, "dispatched", 2, agency="dlh")
    assert await coordinator.syncs() == {stays: "dispatched"}
    assert await other.syncs() == {goes: "dispatched"}


async def test_a_report_that_a_colleague_took_is_taken_off_the_phone(town: Town):
    report = await dispatched(town)
    mine, colleagues = [OfficerPhone(await town.staff("officer", agency="dpupr")) for _ in range(2)]
    assert set(await mine.syncs()) == set(await colleagues.syncs()) == {report}
    await colleagues.owner.steps(report, "in_progress", 2)
    assert await mine.syncs() == {}
    assert await colleagues.syncs() == {report: "in_progress"}


async def test_each_grant_sees_its_own(town: Town):
    near, far = await dispatched(town), (await (await town.resident()).submits(lat=-6.38))["id"]
    seen = {
        "operator": await town.staff("operator"),
        "lurah": await town.staff("area_head", area="32.76.01.1001"),
        "camat": await town.staff("area_head", area="32.76.02"),
        "resident": await town.resident(),
    }
    holds = {name: set(await OfficerPhone(person).syncs()) for name, person in seen.items()}
    assert holds == {"operator": {near, far}, "lurah": {near}, "camat": {far}, "resident": set()}


async def test_small_pages_tell_the_same(town: Town, coordinator: OfficerPhone):
    reports = {await dispatched(town) for _ in range(5)}
    assert set(await coordinator.syncs(limit=2)) == reports
    assert coordinator.asked == 3
    operator = await town.staff("operator")
    for report in reports:
        await operator.steps(report, "in_progress", 2)
    assert set((await coordinator.syncs(limit=2)).values()) == {"in_progress"}
    assert coordinator.asked == 6


async def touch(connection: Any, report: str, state: str) -> None:
    """A change as api.reports.change makes it, in a transaction of the test's own."""
    await connection.execute(
        "UPDATE report SET state = $2, changed_xid = pg_current_xact_id()::text::bigint WHERE client_id = $1",
        report,
        state,
    )


async def test_a_change_that_is_not_committed_yet_comes_later(town: Town, coordinator: OfficerPhone):
    slow, quick = await dispatched(town), await dispatched(town)
    await coordinator.syncs()
    assert DB.pool is not None
    async with DB.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await touch(connection, slow, "in_progress")
        await (await town.staff("operator")).steps(quick, "in_progress", 2)  # a higher number, committed first
        assert await coordinator.syncs() == {slow: "dispatched", quick: "in_progress"}
        await transaction.commit()
    assert await coordinator.syncs() == {slow: "in_progress", quick: "in_progress"}


async def test_a_change_that_commits_while_the_pages_are_turned_is_not_missed(town: Town, coordinator: OfficerPhone):
    slow, *others = [await dispatched(town) for _ in range(4)]
    await coordinator.syncs()
    operator = await town.staff("operator")
    assert DB.pool is not None
    async with DB.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await touch(connection, slow, "in_progress")
        for report in others:
            await operator.steps(report, "in_progress", 2)
        assert await coordinator.turns(limit=1)
        await transaction.commit()
    await coordinator.syncs(limit=1)
    assert set((await coordinator.syncs()).values()) == {"in_progress"}


async def test_a_report_that_arrives_during_the_first_sync_is_not_missed(town: Town, coordinator: OfficerPhone):
    early = [await dispatched(town) for _ in range(3)]
    assert await coordinator.turns(limit=1)
    late = await dispatched(town)
    await puts(early[0], "closed")
    await (await town.staff("operator")).steps(early[1], "in_progress", 2)
    await coordinator.syncs(limit=1)
    holds = await coordinator.syncs()
    assert (holds[early[1]], holds[early[2]], holds[late]) == ("in_progress", "dispatched", "dispatched")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "1",
        "1.2.3",
        "1.2.3.4",
        "1.2.3.4.5.6",
        "1.2.3.4.x",
        "-1.2.3.0.5",
        f"{2**63}.0.0.0.0",
        "9" * 90,
        "1.²..0.0",
        "1._.2.0.0",
    ],
)
async def test_a_cursor_that_nobody_gave_out_is_refused(town: Town, coordinator: OfficerPhone, cursor: str):
    answer = await coordinator.owner.get("/v1/worklist", params={"since": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


@pytest.mark.parametrize("limit", ["0", "201", "x"])
async def test_a_page_has_one_to_two_hundred(coordinator: OfficerPhone, limit: str):
    assert (await coordinator.owner.get(f"/v1/worklist?limit={limit}")).status_code == 422
