"""Who may knock at which door: a line for every endpoint of the application."""

from collections.abc import Callable
from typing import Any, NamedTuple

from uuid_utils.compat import uuid7

from tests.people import NOON, a_report
from tests.proof.rules import (
    Allowed,
    administers,
    anybody,
    changes_city,
    gives,
    has_no_grant,
    has_role,
    is_reporter,
    nobody,
    on_report,
    public_photo,
    sees_account,
    sees_city,
    signed_in,
    supports,
    these,
)
from tests.proof.scene import (
    AWAY,
    EVERY_SUBJECT,
    EVERYBODY,
    HOME,
    STAFF,
    Scene,
)

SOME = ("stranger", "neighbour", "operator")
Body = Callable[[Scene, str], dict[str, Any]]


class Line(NamedTuple):
    """`allowed(person, subject)`; `body` is sent as JSON; `query` with {names} of the path's parameters.

    `by`: fewer where looking at everybody costs much and says little: pages, and passwords that must be tried.
    """

    allowed: Allowed
    subjects: tuple[str, ...] = ("",)
    body: Body | dict[str, Any] | None = None
    query: str = ""
    form: dict[str, str] | None = None
    by: tuple[str, ...] = EVERYBODY


def a_grant(of: str) -> dict[str, Any]:
    role, city, agency, area = STAFF[of]
    return {"role": role, "city": city, "agency": agency, "area": area}


CITIES = (HOME, AWAY)
COLLEAGUES = ("officer", "coordinator elsewhere", "lurah", "officer away", "admin away", "admin of all")
POINT = {HOME: "lat=-6.4&lon=106.79", AWAY: "lat=-6.6&lon=106.79"}
NAMES = {"name_id": "Uji", "name_en": "Test"}


def of_city(**fields: Any) -> Body:
    return lambda _scene, city: {"city": city, **fields}


def announced(scene: Scene, subject: str) -> dict[str, Any]:
    return {"report": scene.reports[subject]["id"], "size": 9, "type": "image/jpeg", "sha256": "0" * 64}


def a_part(agency: str) -> dict[str, str]:
    return {"id": str(uuid7()), "agency": agency, "text": "Bagian kami"}


def a_split(_scene: Scene, subject: str) -> dict[str, Any]:
    return {"id": str(uuid7()), "expected_version": 5, "parts": [a_part("dpupr"), a_part("dlh")]}


def a_voice(kind: str, **fields: Any) -> Body:
    return lambda _scene, _subject: {"id": str(uuid7()), "kind": kind, **fields}


def an_announcement(_scene: Scene, city: str) -> dict[str, Any]:
    until = NOON.replace(day=30).isoformat()
    return {"id": str(uuid7()), "area": city, "title": "Air mati", "body": "Sampai sore", "valid_until": until}


def at_the_desk(_scene: Scene, city: str) -> dict[str, Any]:
    lat = -6.4 if city == HOME else -6.6
    said = a_report(lat=lat, lon=106.79)
    return {"id": str(uuid7()), "channel": "desk", **said}


def a_block(_scene: Scene, _subject: str) -> dict[str, Any]:
    return {"reason": "Laporan palsu berulang", "until": NOON.replace(day=30).isoformat()}


EVERYWHERE = Line(anybody)
MINE = Line(signed_in)
PHONE_SAID = {"phone": "0812 0000 1111"}
PROVEN = {"password": "bukan kata sandinya"}

LINES: dict[str, Line] = {
    # reports
    "PUT /v1/reports/{report_id:uuid}": Line(signed_in, body=lambda _scene, _subject: a_report()),
    "GET /v1/reports": Line(signed_in, ("", "mine=1", "following=1"), query="{subject}"),
    "GET /v1/reports/similar": Line(signed_in, query=POINT[HOME]),
    "GET /v1/reports/{report_id:uuid}": Line(on_report("read_restricted", also=("helper",)), EVERY_SUBJECT),
    "GET /v1/reports/{report_id:uuid}/similar": Line(
        on_report("read_restricted", but=("reporter",), also=("helper",)), EVERY_SUBJECT
    ),
    "GET /v1/reports/{report_id:uuid}/notifications": Line(
        on_report("read_restricted", but=("reporter",), also=("helper",)), EVERY_SUBJECT
    ),
    "POST /v1/reports/{report_id:uuid}/events": Line(supports, EVERY_SUBJECT, a_voice("support")),
    "POST /v1/track/{tracking_id:str}/events": Line(supports, EVERY_SUBJECT, a_voice("follow")),
    "POST /v1/reports/{report_id:uuid}/split": Line(on_report("merge"), EVERY_SUBJECT, a_split),
    "GET /v1/reports/{report_id:uuid}/contact": Line(on_report("see_contact"), EVERY_SUBJECT),
    "POST /v1/reports/{report_id:uuid}/contact": Line(
        on_report("see_contact"), EVERY_SUBJECT, {"reason": "Perlu menelepon pelapor"}
    ),
    "GET /v1/contacts": Line(has_role("auditor", "admin")),
    "GET /v1/worklist": MINE,
    "GET /v1/track/{tracking_id:str}": Line(anybody, EVERY_SUBJECT),
    "POST /v1/desk/reports": Line(has_role("operator"), CITIES, at_the_desk),
    # photos
    "PUT /v1/photos/{photo_id:uuid}": Line(on_report("file_evidence"), EVERY_SUBJECT, announced),
    "GET /v1/photos/{photo_id:uuid}/{size:int}": Line(on_report("read_restricted", also=("helper",)), EVERY_SUBJECT),
    "GET /v1/photos/{photo_id:uuid}/changes": Line(on_report("redact_hide", also=("auditor",)), EVERY_SUBJECT),
    "POST /v1/photos/{photo_id:uuid}/hide": Line(on_report("redact_hide"), EVERY_SUBJECT, {"hidden": True}),
    "POST /v1/photos/{photo_id:uuid}/redactions": Line(
        on_report("redact_hide"), EVERY_SUBJECT, {"boxes": [{"x": 0.1, "y": 0.1, "w": 0.1, "h": 0.1}]}
    ),
    "GET /photos/{photo_id:uuid}/{size:int}": Line(public_photo, EVERY_SUBJECT),
    "HEAD /v1/uploads/{photo_id:uuid}": Line(is_reporter, ("restricted",)),
    "PATCH /v1/uploads/{photo_id:uuid}": Line(is_reporter, ("restricted",)),
    "PUT /v1/uploads/{photo_id:uuid}": Line(is_reporter, ("restricted",)),
    # a city's administration
    "GET /v1/cities": MINE,  # those that one may see
    "GET /v1/cities/{code:str}": Line(sees_city, CITIES),
    "PATCH /v1/cities/{code:str}": Line(changes_city, CITIES, {"name": "Kota Uji"}),
    "GET /v1/cities/{code:str}/calendar": Line(signed_in, CITIES),
    "GET /v1/cities/{code:str}/changes": Line(sees_city, CITIES),
    "GET /v1/cities/{code:str}/configuration": Line(sees_city, CITIES),
    "PUT /v1/cities/{code:str}/holidays/{day:date}": Line(changes_city, CITIES, {"name": "Hari jadi"}),
    "DELETE /v1/cities/{code:str}/holidays/{day:date}": Line(changes_city, CITIES),
    "GET /v1/policies": Line(sees_city, CITIES, query="city={code}"),
    "POST /v1/policies": Line(changes_city, CITIES, of_city(name="Uji", source="Perwal")),
    "POST /v1/policies/preview": Line(sees_city, CITIES, of_city(name="Uji", source="Perwal")),
    "GET /v1/routing-rules/preview": Line(sees_city, CITIES, query="{point}&category=jalan-rusak"),
    "GET /v1/agencies/open": Line(signed_in, CITIES, query="city={code}"),
    "GET /v1/categories/all": Line(sees_city, CITIES, query="city={code}"),
}
for room, added in {
    "agencies": of_city(key="uji", name="Uji"),
    "category-groups": of_city(key="uji", **NAMES),
    "categories": of_city(key="uji", group="jalan", resolve_class="normative", **NAMES),
    "routing-rules": of_city(agency="dlh"),
}.items():
    if room != "categories":
        LINES[f"GET /v1/{room}"] = Line(sees_city, CITIES, query="city={code}")
    LINES[f"POST /v1/{room}"] = Line(changes_city, CITIES, added)
    LINES[f"GET /v1/{room}/{{entry:int}}"] = Line(sees_city, CITIES)
    LINES[f"PATCH /v1/{room}/{{entry:int}}"] = Line(changes_city, CITIES, {})
    LINES[f"DELETE /v1/{room}/{{entry:int}}"] = Line(changes_city, CITIES)

LINES |= {
    # accounts of staff
    "GET /v1/accounts/staff": Line(has_role("admin", "operator", "auditor", "coordinator")),
    "GET /v1/grants": Line(has_role("admin", "operator", "auditor", "coordinator")),
    "POST /v1/accounts/staff": Line(
        gives, COLLEAGUES, lambda _scene, of: {"login": f"baru-{uuid7().hex}", "grants": [a_grant(of)]}
    ),
    "PATCH /v1/accounts/staff/{account_id:uuid}": Line(administers, COLLEAGUES, {"disabled": True}),
    "PUT /v1/accounts/staff/{account_id:uuid}/email": Line(administers, COLLEAGUES, {"email": "dinas@kota.example"}),
    "POST /v1/accounts/staff/{account_id:uuid}/enrolment": Line(administers, COLLEAGUES),
    "GET /v1/accounts/staff/{account_id:uuid}/events": Line(sees_account, COLLEAGUES),
    "POST /v1/grants": Line(
        gives, COLLEAGUES, lambda scene, of: {"account_id": scene.people["camat"].uid, **a_grant(of)}
    ),
    "DELETE /v1/accounts/staff/{account_id:uuid}": Line(
        lambda person, theirs: person.startswith("admin") and administers(person, theirs), COLLEAGUES, {"confirm": True}
    ),
    "DELETE /v1/grants/{grant_id:int}": Line(administers, COLLEAGUES),
    # blocks of residents
    "GET /v1/blocks": Line(has_role("operator", "admin")),
    "POST /v1/accounts/{account_id:uuid}/block": Line(  # who has reported to this city alone
        lambda person, _: has_role("admin")(person, HOME), ("reporter",), a_block
    ),
    "POST /v1/reports/{report_id:uuid}/block-reporter": Line(these("operator", "admin"), EVERY_SUBJECT, a_block),
    "POST /v1/blocks/{block_id:uuid}/lift": Line(nobody),  # there is none
    "GET /v1/me/blocks": Line(signed_in),
    "POST /v1/me/blocks/{block_id:uuid}/appeal": Line(nobody, body={"text": "Bukan saya"}),  # there is none
    # webhooks: of a city, and of an agency in it
    "GET /v1/webhooks": MINE,  # those that one may see to
    "POST /v1/webhooks": Line(changes_city, CITIES, of_city(url="https://example.go.id/kait")),
    "DELETE /v1/webhooks/{webhook:uuid}": Line(changes_city, (HOME,)),
    "POST /v1/webhooks/{webhook:uuid}/enable": Line(changes_city, (HOME,)),
    "GET /v1/webhooks/{webhook:uuid}/attempts": Line(changes_city, (HOME,)),
    # announcements
    "GET /v1/announcements": Line(has_role("operator", "admin", "auditor")),
    "POST /v1/announcements": Line(has_role("operator"), CITIES, an_announcement),
    "POST /v1/announcements/{announcement:uuid}/approve": Line(has_role("operator", "admin"), (HOME,)),
    "POST /v1/announcements/{announcement:uuid}/withdraw": Line(has_role("operator", "admin"), (HOME,)),
    "GET /public/announcements": EVERYWHERE,
    # the own account
    "POST /v1/accounts": Line(anybody, body={}),
    "POST /v1/sessions": Line(nobody, body={"login": "tidak-ada", "password": "bukan kata sandi"}, by=SOME),
    "POST /v1/sessions/firebase": Line(nobody, body={"id_token": "x"}),
    "POST /v1/sessions/refresh": Line(nobody, body={"refresh_token": "x"}),
    "DELETE /v1/sessions/current": MINE,
    "POST /v1/enrolments": Line(
        nobody, body={"login": "tidak-ada", "code": "x", "password": "kata sandi yang panjang"}
    ),
    "GET /v1/me": MINE,
    "GET /v1/me/export": MINE,
    "DELETE /v1/me": Line(has_no_grant, body={"confirm": True}),
    "DELETE /v1/me/phone": MINE,
    "POST /v1/me/totp": Line(nobody, body=PROVEN, by=SOME),
    "POST /v1/me/totp/confirm": Line(signed_in, body={"code": "123456"}),
    "POST /v1/me/recovery-codes": Line(nobody, body=PROVEN, by=SOME),
    "POST /v1/me/password": Line(nobody, body={**PROVEN, "new_password": "kata sandi yang baru"}, by=SOME),
    "GET /v1/me/sessions": MINE,
    "DELETE /v1/me/sessions/{session_id:uuid}": Line(is_reporter),  # whose session it is
    "GET /v1/me/notifications": MINE,
    "PUT /v1/me/notifications": Line(signed_in, body={}),
    "GET /v1/me/areas": MINE,
    "PUT /v1/me/areas/{code:str}": Line(signed_in, (HOME,)),
    "DELETE /v1/me/areas/{code:str}": Line(signed_in, (HOME,)),
    "PUT /v1/phones/{phone_id:uuid}": Line(signed_in, body={"kind": "fcm", "address": "alamat"}),
    "DELETE /v1/phones/{phone_id:uuid}": MINE,
    "GET /v1/phones/webpush-key": MINE,
    "GET /v1/inbox": MINE,
    "POST /v1/inbox/seen": Line(signed_in, body={"mids": []}),
    "POST /v1/otp": Line(signed_in, body=PHONE_SAID),
    "POST /v1/otp/verify": Line(signed_in, body={**PHONE_SAID, "code": "123456"}),
    "POST /v1/otp/inverse": MINE,
    "POST /open311/v2/requests.json": Line(
        nobody, form={"service_code": "jalan-rusak", "jurisdiction_id": HOME}
    ),  # without a key
    "POST /open311/v2/requests.xml": Line(nobody, form={"service_code": "jalan-rusak", "jurisdiction_id": HOME}),
    "GET /v1/channels/sms/in": Line(nobody),  # without the gateway's secret
    "POST /v1/channels/sms/in": Line(nobody, form={"from": "0812", "text": "x"}),
}

# Pages, tiles, open data, health: for anybody, signed in or not.
PUBLIC = """
/ /peta /statistik /petugas /meja /komando /lapor /lacak /lacak/{tracking_id:str} /data /data.json /sw.js
/apps/{name:str}/manifest.webmanifest /static/{name:str} /static/{room:str}/{name:str} /vendor/{name:str}
/health/live /health/ready /health/detail /metrics
/schema /schema/oauth2-redirect.html /schema/openapi.json /schema/openapi.yaml /schema/openapi.yml /schema/swagger
/schema/{path:str}
/tiles/areas/{z:int}/{x:int}/{y:int} /tiles/reports/{z:int}/{x:int}/{y:int}
/public/reports /public/reports.csv /public/reports.geojson /public/reports.ndjson /public/statistics
/public/statistics.csv /public/now /public/extent /public/feeds/{document:str}
/ogc /ogc/api /ogc/conformance /ogc/collections /ogc/collections/{collection:str}
/ogc/collections/{collection:str}/items /ogc/collections/{collection:str}/items/{feature_id:str}
/open311/v2/discovery.json /open311/v2/discovery.xml /open311/v2/services.json /open311/v2/services.xml
/open311/v2/services/{document:str} /open311/v2/requests.json /open311/v2/requests.xml
/open311/v2/requests/{document:str} /open311/v2/tokens/{document:str}
/v1/config /v1/categories /v1/areas /v1/areas/at /v1/areas/places /v1/boundaries
"""
QUERIES = {"/v1/categories": "city=32.76", "/v1/areas": "q=depok", "/v1/areas/places": "q=depok"}
QUERIES |= {"/v1/areas/at": POINT[HOME], "/public/feeds/{document:str}": ""}
# They send as long as somebody listens; who hears what is proven in tests/live.
STREAMS = {"GET /v1/live", "GET /public/live"}
LINES |= {f"GET {path}": Line(anybody, query=QUERIES.get(path, ""), by=SOME) for path in PUBLIC.split()}
