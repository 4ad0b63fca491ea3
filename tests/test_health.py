"""Whether the house stands."""

from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.piccolo_conf import DB
from api.reports.rendering import render
from push.delivery import Deliverer
from tests.journeys.conftest import town
from tests.people import Town

__all__ = ["town"]


async def missing(town: Town) -> str:
    """The part that is named."""
    answer = await town.stranger.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    part: str = answer.json()["part"]
    assert part in answer.json()["detail"]
    return part


async def test_a_house_with_everything_is_ready(town: Town):
    for path in ("/health/live", "/health/ready"):
        answer = await town.stranger.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_boundaries_it_is_not_ready(town: Town):
    await DB.fetch("UPDATE boundary_version SET activated_at = NULL")
    assert await missing(town) == "boundaries"


@pytest.mark.parametrize("table", ["report", "boundary_version"])
async def test_without_its_tables_it_is_not_ready(town: Town, table: str):
    async with DB.transaction() as transaction:  # the request sees it: same task, same transaction
        await DB.fetch(f"ALTER TABLE {table} RENAME TO away")
        assert await missing(town) == "migrations"
        await transaction.rollback()


async def test_without_its_database_it_lives_and_is_not_ready(town: Town):
    resident = await town.resident()
    async with DB.transaction() as broken:
        await broken.connection.close()
        assert (await town.stranger.get("/health/live")).status_code == 200
        assert await missing(town) == "database"
        broken._rolled_back = True  # there is nothing left to commit
    assert (await resident.get("/v1/me")).status_code == 200


async def test_the_numbers_are_read_by_prometheus(town: Town):
    await (await town.resident()).submits()
    town.clock.passes(days=100)
    answer = await town.stranger.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {
        family.name: [sample.value for sample in family.samples]
        for family in text_string_to_metric_families(answer.text)
    }
    assert found["kentongan_clocks_overdue"] == [3.0]  # respond, resolve, ombudsman
    assert found["kentongan_photos_waiting"] == [0.0]
    assert found["kentongan_photos_spool_bytes"] == [0.0]
    assert all(name.startswith("kentongan_") for name in found)
    assert found["kentongan_push_settled_5m"] == []


async def test_a_notice_that_is_due_for_longer_than_a_minute_is_an_alarm(town: Town):
    resident = await town.resident()
    phone = await resident.put(f"/v1/phones/{uuid4()}", {"kind": "fcm", "address": "a-token"})
    assert phone.status_code == 204
    await resident.submits()
    for seconds, status, is_late in ((60, 200, False), (1, 503, True)):
        town.clock.passes(seconds=seconds)
        answer = await town.stranger.get("/health/detail")
        assert (answer.status_code, answer.json()["push"]["is_late"]) == (status, is_late)
    assert answer.json()["status"] == "late"
    assert answer.json()["push"]["oldest_due_s"] == 61.0
    metrics = (await town.stranger.get("/metrics")).text
    assert "kentongan_push_oldest_due_seconds 61.0" in metrics


async def test_prometheus_reads_what_the_services_said(town: Town):
    resident = await town.resident()
    await resident.put(f"/v1/phones/{uuid4()}", {"kind": "fcm", "address": "a-token"})
    await resident.submits()
    await Deliverer({}, render).deliver_due(town.clock())
    text = (await town.stranger.get("/metrics")).text
    assert 'kentongan_push_settled_5m{address_kind="fcm",code="UNCONFIGURED",state="unconfigured"} 1.0' in text
