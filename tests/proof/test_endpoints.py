"""Every endpoint, asked by everybody about their own and about others': only who may gets in, and reads only that."""

import logging
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from api.app import create_app
from api.piccolo_conf import DB
from api.settings import read_settings
from tests.proof.endpoints import LINES, POINT, STREAMS, Line
from tests.proof.scene import SPOKEN_PHONE, Scene, standings, undone

REFUSED = {401, 403, 404}
READS = ("GET", "HEAD")
SEERS = {"coordinator", "operator", "auditor", "admin", "reporter"}


def endpoints() -> set[str]:
    with TemporaryDirectory() as data_dir:  # the application makes its key there
        app = create_app(read_settings({"DATABASE_URL": "unused", "DATA_DIR": data_dir}))
    found = {
        f"{method} {route.path}"
        for route in app.routes
        for found in route.route_handlers
        for method in found.http_methods
    }
    twins = {one for one in found if one.startswith("HEAD ") and one.replace("HEAD", "GET", 1) in found}
    return {one for one in found - twins if not one.startswith("OPTIONS ")}


def test_somebody_has_said_who_may_do_what_at_every_endpoint():
    assert endpoints() - set(LINES) - STREAMS == set(), "nobody said who may do this"
    assert set(LINES) | STREAMS <= endpoints()


async def in_the_path(scene: Scene, endpoint: str, subject: str) -> dict[str, Any]:
    """What stands in the names of the path."""
    report = subject if subject in scene.reports else "restricted"
    new = {"PUT /v1/reports/{report_id:uuid}", "PUT /v1/photos/{photo_id:uuid}"}
    account = scene.people[subject if subject in scene.people else "neighbour"].uid
    found: dict[str, Any] = {
        "report_id": uuid7() if endpoint in new else scene.reports[report]["id"],
        "photo_id": uuid7() if endpoint in new else scene.photos[report],
        "tracking_id": scene.reports[report]["tracking_id"],
        "code": subject,
        "point": POINT.get(subject, ""),
        "subject": subject,
        "account_id": account,
        "announcement": scene.announcement,
        "phone_id": uuid7(),
        "block_id": uuid7(),
        "webhook": scene.webhook,
    }
    found |= {"z": 12, "x": 3263, "y": 2120, "size": 640, "day": "2027-04-27", "collection": "reports", "room": "app"}
    found |= {"name": "lapor", "path": "x", "document": f"{scene.reports[report]['tracking_id']}.json"}
    found["feature_id"] = found["tracking_id"]
    if "{grant_id:" in endpoint:
        found["grant_id"] = (await DB.fetch(GRANT, account))[0]["id"]
    if "{session_id:" in endpoint:
        found["session_id"] = (await DB.fetch(OF_THE_REPORTER, scene.people["reporter"].uid))[0]["family"]
    if "{entry:" in endpoint:
        table = {"agencies": "agency", "category-groups": "category_group", "categories": "category"}.get(
            endpoint.split("/")[2], "routing_rule"
        )
        rows = await DB.fetch(f"SELECT min(id) AS id FROM {table} WHERE city_id = $1", scene.cities[subject].id)
        found["entry"] = rows[0]["id"]
    return found


GRANT = "SELECT g.id FROM role_grant AS g JOIN account AS a ON a.id = g.account WHERE a.uid = $1::uuid"
OF_THE_REPORTER = "SELECT s.family FROM session AS s JOIN account AS a ON a.id = s.account WHERE a.uid = $1::uuid"


async def knock(scene: Scene, endpoint: str, line: Line, person: str, subject: str) -> tuple[httpx.Response, str]:
    """The answer, and what was asked."""
    method, path = endpoint.split(" ")
    names = await in_the_path(scene, endpoint, subject)
    for kind in ("uuid", "str", "int", "date"):
        path = path.replace(f":{kind}}}", "}")
    address = path.format(**names) + ("?" + line.query.format(**names) if line.query else "")
    body = line.body(scene, subject) if callable(line.body) else line.body
    said: dict[str, Any] = {"data": line.form} if line.form else {"json": body} if body is not None else {}
    if method == "PATCH" and "uploads" in path:
        said |= {"content": b"x", "headers": {"content-type": "application/offset+octet-stream", "upload-offset": "5"}}
    if method in READS:
        answer = await scene.people[person].ask(method, address, **said)
    else:
        async with undone(scene.town):
            answer = await scene.people[person].ask(method, address, **said)
        if answer.is_success and room_of(endpoint) == "cities":
            scene.town.app.state.cities.invalidate()  # it has read what was undone
    return answer, address + str(body)


def fault(scene: Scene, endpoint: str, expected: bool, answer: httpx.Response) -> str:
    """What is wrong with this answer to somebody who may, or may not; empty when all is well."""
    code = answer.status_code
    if code >= 500 and code != 503:
        return f"{code} {answer.text[:300]}"
    if endpoint.startswith("GET /") and not endpoint.startswith("GET /v1") and not endpoint.startswith("GET /photos"):
        return "" if code not in (401, 403) else str(code)  # public: perhaps there is nothing of that name
    if expected == (code in REFUSED):
        return f"{'allowed' if expected else 'refused'}, but {code} {answer.text[:200]}"
    return ""


async def walk(scene: Scene, room: str) -> list[str]:
    wrong = []
    for endpoint, line in LINES.items():
        if room_of(endpoint) != room:
            continue
        for subject in line.subjects:
            for person in line.by:
                answer, asked = await knock(scene, endpoint, line, person, subject)
                faults = [fault(scene, endpoint, line.allowed(person, subject), answer)]
                faults += [f"was told {what}" for what in told_wrongly(scene, endpoint, person, subject, answer, asked)]
                wrong += [f"{person}, {subject}, {endpoint}: {what}" for what in faults if what]
    return wrong


def told_wrongly(
    scene: Scene, endpoint: str, person: str, subject: str, answer: httpx.Response, asked: str
) -> list[str]:
    is_seen = endpoint == "POST /v1/reports/{report_id:uuid}/contact" and set(standings(person, subject)) & SEERS
    return [what for what in scene.read_wrongly(person, answer, asked) if not (what == "the phone" and is_seen)]


ROOMS = ("reports", "photos", "cities", "accounts", "mine", "public")


def room_of(endpoint: str) -> str:
    path = endpoint.split(" ")[1]
    first = path.split("/")[2] if path.startswith("/v1/") else ""
    if not first or path in ("/v1/config", "/v1/boundaries") or first == "areas":
        return "photos" if path.startswith("/photos") else "public"
    if first in ("reports", "track", "desk", "worklist", "contacts"):
        return "reports"
    if first in ("photos", "uploads"):
        return "photos"
    if (
        first in ("grants", "announcements", "blocks", "webhooks")
        or path.endswith("/block")
        or "/accounts/staff" in path
    ):
        return "accounts"
    is_of_a_city = first in ("cities", "agencies", "category-groups", "categories", "routing-rules", "policies")
    return "cities" if is_of_a_city else "mine"


@pytest.mark.parametrize("room", ROOMS)
async def test_everybody_at_every_endpoint(scene: Scene, room: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING, "httpx")  # the people's own, which names what they ask for
    with caplog.at_level(logging.DEBUG):
        wrong = await walk(scene, room)
    assert not wrong, "\n".join(wrong)
    secrets = [mark for mark, _ in scene.marks.values()] + [SPOKEN_PHONE]
    secrets += [person.token for person in scene.people.values() if person.token]
    assert [secret for secret in secrets if secret in caplog.text] == []
