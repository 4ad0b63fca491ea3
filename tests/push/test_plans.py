"""The hot statements find their rows by index, also beside a long ledger."""

import json
from typing import Any
from uuid import uuid4

import pytest

from api.piccolo_conf import DB
from push import inbox, ledger, proof, sweep
from tests.push.factories import LATER, NOW


async def explained(sql: str, *values: object) -> dict[str, Any]:
    rows = await DB.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *values)
    plan: dict[str, Any] = json.loads(rows[0][0])[0]["Plan"]
    return plan


def indexes(plan: dict[str, Any]) -> set[str]:
    found = {plan["Index Name"]} if "Index Name" in plan else set()
    return found.union(*[indexes(part) for part in plan.get("Plans", [])])


def sequential(plan: dict[str, Any]) -> set[str]:
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return found.union(*[sequential(part) for part in plan.get("Plans", [])])


@pytest.fixture
async def long_ledger() -> None:
    """A hundred thousand notifications, of which every thousandth is still to be sent."""
    await DB.fetch(
        "INSERT INTO notification (recipient, subject, rev, kind, params, created_at, valid_until)"
        " SELECT n, gen_random_uuid(), 1, 'k', '{}', $1, $2 FROM generate_series(1, 100000) AS n",
        NOW,
        LATER,
    )
    await DB.fetch(
        "INSERT INTO delivery (notification, address, kind, state, not_before)"
        " SELECT seq, seq, 'fcm', CASE WHEN recipient % 1000 = 0 THEN 'pending' ELSE 'delivered' END, $1"
        " FROM notification",
        NOW,
    )
    await DB.fetch(
        "INSERT INTO address (phone_id, recipient, kind, address, registered_at)"
        " SELECT gen_random_uuid(), n, 'fcm', 'a-' || n, $1 FROM generate_series(1, 50000) AS n",
        NOW,
    )
    await DB.fetch(
        "INSERT INTO quiet_hours (recipient, begins, ends, zone)"
        " SELECT n, '22:00', '06:00', 'Asia/Jakarta' FROM generate_series(1, 50000) AS n"
    )
    for table in ("notification", "delivery", "address", "quiet_hours"):
        await DB.fetch(f"ANALYZE {table}")


async def test_leasing_finds_what_is_due_by_index(long_ledger: None):
    plan = await explained(numbered(ledger.LEASE), NOW, 400, NOW, 300, 400, NOW, ["fcm"], uuid4(), NOW, LATER, NOW)
    assert {"delivery_due", "delivery_due_bulk"} <= indexes(plan)
    assert sequential(plan) == set()


async def test_the_inbox_is_read_by_index(long_ledger: None):
    page = await explained(numbered(inbox.PAGE), 77, 0, NOW, 50)
    unread = await explained(numbered(inbox.UNREAD), 77, NOW)
    assert sequential(page) | sequential(unread) == set()
    assert indexes(page) == {"notification_inbox"}
    assert indexes(unread) == {"notification_unread"}


async def test_proof_signals_and_sweep_read_by_index(long_ledger: None):
    told = await explained(numbered(proof.TOLD), uuid4(), 1000)
    settled = await explained(numbered(proof.SETTLED), NOW, LATER)
    emptied = await explained(numbered(sweep.EMPTY), NOW, 5000, "{}", NOW)
    deleted = await explained(numbered(sweep.DELETE), NOW, 5000)
    assert "notification_subject" in indexes(told)
    assert "delivery_settled" in indexes(settled)
    assert "notification_worded" in indexes(emptied)
    assert "notification_emptied" in indexes(deleted)
    assert sequential(told) | sequential(settled) | sequential(emptied) | sequential(deleted) == set()


def numbered(sql: str) -> str:
    """Piccolo's placeholders as PostgreSQL's."""
    parts = sql.split("{}")
    return "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]
