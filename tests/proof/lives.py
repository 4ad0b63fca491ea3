"""Random people at random reports: what they try, over HTTP. Who tries what is picked by whoever drives them."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, get_args

import httpx
import msgspec
from uuid_utils.compat import uuid7

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.escalate import escalate_due
from api.reports.lapse import lapse_due
from api.reports.status import CONSEQUENCES, MOVES, TRANSITIONS, Kind, State
from tests.people import Person, a_report
from tests.proof.scene import AGENCY, EVERYBODY, HELPING, STAFF, Scene
from tests.reports.steps import evidence

RESIDENTS = ("reporter", "neighbour")
# They have no business with any report of the town but what is public, whatever becomes of it.
OUTSIDERS = frozenset(name for name in STAFF if name.endswith("away"))
BESIDE = tuple(kind for kind in get_args(Kind) if kind not in MOVES | CONSEQUENCES)
PLACES = [{"lat": lat, "lon": lon} for lat in (-6.40, -6.38) for lon in (106.79, 106.81)]
CATEGORIES = ("jalan-rusak", "sampah-menumpuk", "lampu-jalan-mati", "kekerasan", "gangguan-ketenteraman")
AGENCIES = (AGENCY, "dpupr", "dlh", HELPING)
HEARD = ("desk", "call_112")  # where an operator may speak for the reporter
ENDED = ("rejected", "withdrawn", "closed", "duplicate")


T = TypeVar("T")


class Picks(Protocol):
    def one_of(self, of: Sequence[T]) -> T: ...

    def often(self, percent: int) -> bool:
        """And else seldom."""


class Now(msgspec.Struct, frozen=True):
    """A report as it stands."""

    id: int
    uid: str
    number: str
    state: State
    version: int
    hash: bytes
    visibility: str
    account: str
    people: tuple[int, ...]
    has_parts: bool
    channel: str


STANDS = """
SELECT r.id, r.client_id::text AS uid, r.tracking_id AS number, r.state, r.version, r.last_hash AS hash, r.visibility,
    r.channel, a.uid::text AS account, EXISTS (SELECT FROM report AS part WHERE part.parent = r.id) AS has_parts,
    ARRAY(SELECT f.account FROM report_follower AS f WHERE f.report = r.id) AS people
FROM report AS r JOIN account AS a ON a.id = r.account WHERE $1::uuid IS NULL OR r.client_id = $1::uuid ORDER BY r.id
"""


async def stand(report: str | None = None) -> list[Now]:
    return [Now(**{**row, "people": tuple(row["people"])}) for row in await DB.fetch(STANDS, report)]


class Tried(msgspec.Struct, frozen=True):
    """Who tried what at which report, as it stood before, and what came of it."""

    person: str
    what: str
    said: dict[str, Any]
    before: Now | None
    answer: httpx.Response | None

    def __str__(self) -> str:
        at = f" at {self.before.number} ({self.before.state}, {self.before.version})" if self.before else ""
        return f"{self.person}: {self.what}{at} → {self.answer.status_code if self.answer else '-'}"


class Lives:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.picks: Picks
        self.cities = CityBook(DB)
        self.written = 0

    def word(self) -> str:
        self.written += 1
        return f"kata-{self.written}-tamat"

    async def some_report(self) -> Now:
        reports = await stand()
        living = [report for report in reports if report.state not in ENDED]
        return self.picks.one_of(living if living and self.picks.often(80) else reports)

    async def submits(self) -> Tried:
        person = self.picks.one_of(RESIDENTS)
        said = a_report(
            category=self.picks.one_of(CATEGORIES),
            text=f"Ada {self.word()} di sini",
            visibility=self.picks.one_of(["public", "public", "public", "restricted", "secret"]),
            position=self.picks.one_of(PLACES),
            report_type=self.picks.one_of(["complaint", "complaint", "information_request"]),
        )
        answer = await self.scene.people[person].put(f"/v1/reports/{uuid7()}", said)
        assert answer.status_code in (201, 429), answer.text
        return Tried(person, "submit", said, None, answer)

    async def calls(self) -> Tried:
        """Somebody without an app, whom the operator hears."""
        said = a_report(category="jalan-rusak", text=f"Ada {self.word()} di sini", position=self.picks.one_of(PLACES))
        said |= {"id": str(uuid7()), "channel": self.picks.one_of(HEARD)}
        answer = await self.scene.people["operator"].post("/v1/desk/reports", said)
        assert answer.status_code == 201, answer.text
        return Tried("operator", "desk", said, None, answer)

    async def time_passes(self) -> Tried:
        """And the worker comes by."""
        town = self.scene.town
        town.clock.passes(hours=self.picks.one_of([1, 5, 20, 60, 200]))
        await escalate_due(self.cities, town.clock())
        await lapse_due(self.cities, town.clock())
        return Tried("time", "passes", {}, None, None)

    async def moves(self, report: Now) -> Tried:
        """Mostly a step that the table has, by whom it is for."""
        steps = [step for step in TRANSITIONS if step[0] == report.state]
        step = self.picks.one_of(steps if steps and self.picks.often(90) else [*TRANSITIONS])
        found = TRANSITIONS[step]
        person = self.picks.one_of(self.likely(found.actors, report) if self.picks.often(85) else EVERYBODY)
        said: dict[str, Any] = {"kind": found.kind, **await self.fields(report, step[1], person)}
        if found.kind == "change":
            said["to"] = step[1]
        if found.kind == "confirm":
            said["rating"] = self.picks.one_of([1, 2, 3, 4, 5])
        return await self.event(person, report, said)

    def likely(self, actors: frozenset[str], report: Now) -> list[str]:
        own = [name for name in RESIDENTS if self.scene.people[name].uid == report.account]
        own += ["operator"] if report.channel in HEARD else []
        theirs = [name for name, (role, *_) in STAFF.items() if role in actors and name not in OUTSIDERS]
        return (own if "reporter" in actors else []) + theirs or list(EVERYBODY)

    async def fields(self, report: Now, to: State, person: str) -> dict[str, Any]:
        now = self.scene.town.clock()
        said: dict[str, Any] = {"note": "Mohon dilihat", "reason": "Sesuai aturan", "reference": "PU-1/2026"}
        said |= {"internal_note": "Pelapor menelepon"} if person == "operator" else {}
        if to == "dispatched":
            said["agency"] = self.picks.one_of(AGENCIES)
            if self.picks.often(40):
                said["officer"] = self.scene.people[self.picks.one_of(["officer", "officer not assigned"])].uid
        if to == "scheduled":
            said["date"] = now.replace(year=now.year + 1).isoformat()
        if to == "duplicate":
            said["duplicate_of"] = self.picks.one_of(await stand()).number
        if to == "work_done":
            said["evidence"] = await self.after_photo(self.scene.people[person], report)
        return said

    async def after_photo(self, person: Person, report: Now) -> list[str]:
        try:
            return [await evidence(person, report.uid)]
        except AssertionError:  # who may not file evidence may not announce it either
            return []

    async def says(self, report: Now) -> Tried:
        """Something beside the story."""
        kind, person = self.picks.one_of(BESIDE), self.picks.one_of(EVERYBODY[1:])
        said: dict[str, Any] = {"kind": kind, "note": "Di sini juga", "reason": "Cukup panjang alasannya"}
        said |= {"internal_note": "Cek dulu"} if kind in ("note", "propose") else {}
        said |= {"text": f"Ternyata {self.word()}"} if kind == "edit" else {}
        said |= {"position": self.picks.one_of(PLACES)} if kind == "relocate" else {}
        said |= {"category": self.picks.one_of(CATEGORIES)} if kind == "recategorize" else {}
        said |= {"visibility": self.picks.one_of(["public", "restricted"])} if kind == "visibility" else {}
        said |= {"redact": {"text": True}} if kind == "redact" else {}
        said |= {"agency": self.picks.one_of(AGENCIES)} if kind.startswith("coordination") else {}
        said |= {"recurrence_of": self.picks.one_of(await stand()).number} if kind == "recurrence" else {}
        return await self.event(person, report, said)

    async def event(self, person: str, report: Now, said: dict[str, Any]) -> Tried:
        """Sometimes by somebody who has not seen the last step."""
        version = report.version - (0 if self.picks.often(95) else 1)
        body = {"id": str(uuid7()), "expected_version": version, **said}
        answer = await self.scene.people[person].post(f"/v1/reports/{report.uid}/events", body)
        return Tried(person, f"{said['kind']} {said.get('to', '')}", body, report, answer)

    async def splits(self, report: Now) -> Tried:
        parts = [{"id": str(uuid7()), "agency": agency, "text": f"Bagian {self.word()}"} for agency in (AGENCY, "dlh")]
        body = {"id": str(uuid7()), "expected_version": report.version, "parts": parts}
        answer = await self.scene.people["operator"].post(f"/v1/reports/{report.uid}/split", body)
        return Tried("operator", "split", body, report, answer)

    async def looks(self, report: Now) -> Tried:
        person = self.picks.one_of(EVERYBODY)
        doors = [f"/v1/reports/{report.uid}", "/v1/reports", "/v1/reports?following=1", "/v1/worklist", "/v1/inbox"]
        doors += [f"/v1/track/{report.number}", "/public/reports", "/public/reports.geojson", "/public/reports.csv"]
        doors += ["/open311/v2/requests.json?jurisdiction_id=32.76", "/ogc/collections/reports/items"]
        door = self.picks.one_of(doors)
        return Tried(person, f"GET {door}", {}, report, await self.scene.people[person].get(door))
