"""What the stories of a report begin with."""

import hashlib
from typing import Any

from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.people import Person, Town

PHOTO = b"\xff\xd8\xff a photo that nobody looks at in these tests"


async def dispatched(town: Town, **fields: Any) -> str:
    """A report that the rule sent to the agency of roads, version 2."""
    receipt = await (await town.resident()).submits(**fields)
    assert (receipt["state"], receipt["agency"]["key"], receipt["version"]) == ("dispatched", "uptd-jalan-1", 2)
    report: str = receipt["id"]
    return report


async def is_at(report: str) -> dict[str, Any]:
    """As it stands in the database."""
    rows = await DB.fetch("SELECT state, version, agency, officer FROM report WHERE client_id = $1", report)
    return dict(rows[0])


async def puts(report: str, state: str) -> None:
    """Without its story, for a test that is about the next step."""
    await DB.fetch("UPDATE report SET state = $2 WHERE client_id = $1", report, state)


async def evidence(officer: Person, report: str) -> str:
    """Announced and sent."""
    photo_id = str(uuid7())
    said = {
        "report": report,
        "size": len(PHOTO),
        "type": "image/jpeg",
        "sha256": hashlib.sha256(PHOTO).hexdigest(),
    }
    assert (await officer.put(f"/v1/photos/{photo_id}", said)).status_code == 201
    assert (await officer.ask("PUT", f"/v1/uploads/{photo_id}", content=PHOTO)).status_code == 204
    return photo_id


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [fault["field"] for fault in answer.json()["errors"]]


async def rejected(town: Town, **fields: Any) -> tuple[Person, str]:
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits(**fields))["id"]
    await puts(report, "submitted")
    assert (await operator.steps(report, "rejected", 2, reason="Bukan urusan kota")).status_code == 201
    return resident, report
