"""What an inspectorate is given, and what it can find out with it."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.piccolo_conf import DB
from api.reports.audit import NotAnExport, check, export, verify
from api.reports.commands import signing_key
from tests.people import NOON, Town

KEY = Ed25519PrivateKey.generate()


async def two_reports(town: Town) -> list[str]:
    """One of three events, one of two."""
    resident, operator = await town.resident(), await town.staff("operator")
    ids = [(await resident.submits())["id"] for _ in range(2)]
    assert (await operator.steps(ids[0], "in_progress", 2, note="Tim berangkat.")).status_code == 201
    return ids


async def exported(key: Ed25519PrivateKey = KEY) -> list[bytes]:
    return [line async for line in export(key, "https://lapor.example", NOON)]


async def test_untouched_chains_are_sound(town: Town):
    await two_reports(town)
    audit = await verify()
    assert (audit.reports, audit.events, audit.broken) == (2, 5, [])


@pytest.mark.parametrize(
    ("meddle", "fault", "version"),
    [
        ("UPDATE report_event SET note = 'Tim tiba.' WHERE version = 3", "event", 3),
        ("UPDATE report_event SET at = at - interval '1 day' WHERE version = 2", "event", 2),
        ("DELETE FROM report_event WHERE version = 2", "gap", 3),
        ("DELETE FROM report_event WHERE version = 3", "end", 2),
        ("UPDATE report SET last_hash = '\\x00' WHERE version = 3", "end", 3),
    ],
)
async def test_what_was_altered_or_removed_is_found_where_it_is(town: Town, meddle: str, fault: str, version: int):
    first, _ = await two_reports(town)
    await DB.fetch(meddle)
    audit = await verify()
    assert (fault, version, first) in [(b.fault, b.version, str(b.report)) for b in audit.broken]


async def test_one_report_can_be_asked_for_alone(town: Town):
    first, second = await two_reports(town)
    await DB.fetch("UPDATE report_event SET note = 'lain' WHERE version = 3")
    assert (await verify(await _uuid(second))).broken == []
    assert (await verify(await _uuid(first))).broken != []


async def _uuid(report: str) -> Any:
    return (await DB.fetch("SELECT client_id FROM report WHERE client_id = $1::text::uuid", report))[0][0]


async def test_an_export_proves_itself(town: Town):
    await two_reports(town)
    header, audit = check(await exported())
    assert (header.source, audit.reports, audit.events, audit.broken) == ("https://lapor.example", 2, 5, [])


async def test_an_altered_export_is_no_export(town: Town):
    await two_reports(town)
    lines = await exported()
    for forged in (
        [lines[0], lines[1].replace(b"reporter", b"operator"), *lines[2:]],
        [lines[0], *lines[2:]],
        [*lines[:-1], (await exported(Ed25519PrivateKey.generate()))[-1]],
        lines[:-1],
        lines[1:],
        [],
    ):
        with pytest.raises(NotAnExport):
            check(forged)


async def test_an_export_of_broken_chains_is_signed_and_says_so(town: Town):
    await two_reports(town)
    await DB.fetch("UPDATE report_event SET note = 'lain' WHERE version = 3")
    _, audit = check(await exported())
    assert [fault.version for fault in audit.broken] == [3]


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path):
    path = tmp_path / "new" / "audit_key.pem"
    assert signing_key(path).private_bytes_raw() == signing_key(path).private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600
