"""Two cities, everybody who could knock at a door, and reports that few may read: the stage of the walks.

Who stands how towards a report is written here by hand, from the roles of the field, and not asked of the product.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from uuid_utils.compat import uuid7

from api.accounts.phones import link
from api.accounts.speaker import Role
from api.accounts.tables import Account, RoleGrant
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from media.facts import RENDITIONS
from media.store import rendition_key
from tests.people import Person, Town

HOME, AWAY = "32.76", "32.71"
AGENCY, ABOVE, ELSEWHERE, HELPING = "uptd-jalan-1", "dpupr", "dlh", "dishub"
PHONE, SPOKEN_PHONE = "+6281298765432", "81298765432"

# role, city, agency, area: one grant each
STAFF: dict[str, tuple[Role, str | None, str | None, str | None]] = {
    "officer": ("officer", HOME, AGENCY, None),
    "officer not assigned": ("officer", HOME, AGENCY, None),
    "officer who helps": ("officer", HOME, HELPING, None),
    "officer elsewhere": ("officer", HOME, ELSEWHERE, None),
    "officer away": ("officer", AWAY, ABOVE, None),
    "coordinator": ("coordinator", HOME, AGENCY, None),
    "coordinator above": ("coordinator", HOME, ABOVE, None),
    "coordinator who helps": ("coordinator", HOME, HELPING, None),
    "coordinator elsewhere": ("coordinator", HOME, ELSEWHERE, None),
    "coordinator away": ("coordinator", AWAY, ABOVE, None),
    "lurah": ("area_head", HOME, None, "32.76.01.1001"),
    "camat": ("area_head", HOME, None, "32.76.01"),
    "lurah elsewhere": ("area_head", HOME, None, "32.76.01.1002"),
    "camat away": ("area_head", AWAY, None, "32.71.01"),
    "operator": ("operator", HOME, None, None),
    "operator away": ("operator", AWAY, None, None),
    "auditor": ("auditor", HOME, None, None),
    "auditor away": ("auditor", AWAY, None, None),
    "admin": ("admin", HOME, None, None),
    "admin away": ("admin", AWAY, None, None),
    "admin of all": ("admin", None, None, None),
}
EVERYBODY = ("stranger", "reporter", "neighbour", *STAFF)
SIGNED_IN = EVERYBODY[1:]
# subject → visibility; all are the work of AGENCY and of its one officer, but the last is nobody's yet
SUBJECTS = {"public": "public", "restricted": "restricted", "secret": "secret", "hidden": "public", "free": "public"}
EVERY_SUBJECT = tuple(SUBJECTS)
OF_THE_CITY = {"coordinator", "coordinator above", "operator", "auditor", "admin", "admin of all"}
READ_BY_ALL = {"public", "free"}


def standings(person: str, subject: str) -> list[str]:
    """The roles in which somebody stands before a report; `helper` is of an agency that was asked to help."""
    if person == "reporter":
        return ["reporter"]
    if person in OF_THE_CITY or (person in ("lurah", "camat") and subject != "secret"):
        return [STAFF[person][0]]
    if person == "officer" or (person == "officer not assigned" and subject == "free"):
        return ["officer"]
    if person == "coordinator who helps":
        return ["helper"]
    if person == "officer who helps" and subject in READ_BY_ALL | {"hidden"}:
        return ["helper"]
    return []


def listens(person: str, subject: str) -> list[str]:
    """With the standing of a resident, who reads what everybody may: all but those who only audit."""
    is_public = person != "stranger" and subject in READ_BY_ALL and not person.startswith("auditor")
    return standings(person, subject) + (["resident"] if is_public else [])


RENDERED = "UPDATE photo SET state = 'ready', key = $2, width = 10, height = 10, settled_at = $3 WHERE id = $1"


class Scene:
    def __init__(self, town: Town, cities: dict[str, City]) -> None:
        self.town, self.cities = town, cities
        self.people: dict[str, Person] = {"stranger": town.stranger}
        self.reports: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, str] = {}
        self.announcement = self.webhook = ""
        self.marks: dict[str, tuple[str, frozenset[str]]] = {}  # what it is → (the string, who may read it)

    async def fill(self) -> None:
        for name in ("reporter", "neighbour"):
            self.people[name] = await self.town.resident()
        for name, (role, city, agency, area) in STAFF.items():
            self.people[name] = await self.join(role, city, agency, area)
        reporter = await Account.objects().get(Account.uid == self.people["reporter"].uid)
        assert reporter is not None
        await link(reporter.id, PHONE, self.town.app.state.seals, self.town.clock())
        for subject in SUBJECTS:
            await self.submit(subject)
            await self.plant(subject)
        self.announcement = await self.announce()
        answer = await self.people["admin"].post("/v1/webhooks", {"city": HOME, "url": "https://example.go.id/kait"})
        assert answer.status_code == 201, answer.text
        self.webhook = answer.json()["webhook"]["id"]
        for code, admin in ((HOME, "admin"), (AWAY, "admin away")):
            answer = await self.people[admin].put(f"/v1/cities/{code}/holidays/2027-04-27", {"name": "Hari jadi"})
            assert answer.status_code == 200, answer.text
        self.marks["the reporter"] = (self.people["reporter"].uid, frozenset({"reporter"}))
        self.marks["the phone"] = (SPOKEN_PHONE, frozenset({"reporter"}))  # where it may be seen, the walk says

    async def announce(self) -> str:
        """Urgent, so that it waits for a second person."""
        said = {"id": str(uuid7()), "area": HOME, "title": "Banjir", "body": "Di Depok", "urgent": True}
        until = self.town.clock().replace(day=25).isoformat()
        written = await self.town.staff("operator")
        answer = await written.post("/v1/announcements", said | {"valid_until": until})
        assert answer.status_code == 201, answer.text
        return str(said["id"])

    async def join(self, role: Role, city: str | None, agency: str | None, area: str | None) -> Person:
        if city == HOME:
            return await self.town.staff(role, agency=agency, area=area)
        person = await self.town.staff("admin")
        keys = {found.key: found.id for found in self.cities[city].agencies.values()} if city else {}
        where = {"city": self.cities[city].id if city else None, "agency": keys[agency] if agency else None}
        account = await Account.objects().get(Account.uid == person.uid)
        assert account is not None
        await RoleGrant.update({"role": role, "area_code": area, **where}).where(RoleGrant.account == account.id)
        return person

    async def submit(self, subject: str) -> None:
        self.photos[subject] = str(uuid7())
        photo = {"id": self.photos[subject], "size": 9, "type": "image/jpeg", "sha256": "0" * 64}
        self.reports[subject] = await self.people["reporter"].submits(
            text=f"Lubang {self.word('text', subject)} di depan rumah",
            address=f"Gang {self.word('address', subject)}",
            answers={"patokan": self.word("answer", subject)},
            visibility=SUBJECTS[subject],
            position={**self.position(subject), "accuracy_m": 8},
            photos=[photo],
        )

        await self.render(subject)

    async def render(self, subject: str) -> None:
        """The photo is as if a worker had been at it."""
        key = f"kunci-{subject}"
        await DB.fetch(RENDERED, self.photos[subject], key, self.town.clock())
        for size in RENDITIONS:
            await self.town.app.state.store.put(rendition_key(key, size), self.word("picture", subject).encode())

    @staticmethod
    def word(what: str, subject: str) -> str:
        return f"tanda-{what}-{subject}"

    @staticmethod
    def position(subject: str) -> dict[str, float]:
        """Within a few metres; the last digits tell them apart."""
        return {"lat": -6.4000117 - EVERY_SUBJECT.index(subject) / 1e6, "lon": 106.7900313}

    async def plant(self, subject: str) -> None:
        """Internal words, an assignment, an agency that helps; and what of it may be read by whom."""
        report, people = self.reports[subject]["id"], self.people
        version = 2
        if subject != "free":
            uid = people["officer"].uid
            answer = await people["coordinator"].steps(report, "dispatched", version, officer=uid, agency=AGENCY)
            assert answer.status_code == 201, answer.text
            version += 1
        for kind, said in (("note", {"internal_note": f"Catatan {self.word('note', subject)}"}), ("coordination", {})):
            answer = await people["operator"].says(report, kind, version, agency=HELPING, **said)
            assert answer.status_code == 201, answer.text
            version += 1
        if subject == "hidden":
            answer = await people["operator"].says(report, "hide", version, reason="Menunggu telaah")
            assert answer.status_code == 201, answer.text
        staff = frozenset(name for name in STAFF if standings(name, subject))
        self.marks[f"internal note, {subject}"] = (self.word("note", subject), staff)
        if subject not in READ_BY_ALL:
            for what in ("text", "address", "answer", "picture"):
                self.marks[f"{what}, {subject}"] = (self.word(what, subject), staff | {"reporter"})
            self.marks[f"photo, {subject}"] = (self.photos[subject], staff | {"reporter"})
            self.marks[f"position, {subject}"] = (str(self.position(subject)["lat"]), staff | {"reporter"})

    def read_wrongly(self, person: str, answer: httpx.Response, asked: str) -> list[str]:
        """What somebody was told who must not know it; what they said themselves does not count."""
        told = f"{answer.headers.raw} {answer.content.decode('latin-1')}"
        return [
            what
            for what, (mark, readers) in self.marks.items()
            if person not in readers and mark in told and mark not in asked
        ]


class Undo(Exception):
    """Takes everything back that an answer has changed."""


@asynccontextmanager
async def undone(town: Town) -> AsyncIterator[None]:
    """The application joins this transaction, so that each question meets the same town."""
    try:
        async with DB.transaction():
            yield
            raise Undo
    except Undo:
        pass


async def set_up(town: Town) -> Scene:
    """`town` is HOME; AWAY must be in the database too."""
    book = CityBook(DB)
    cities = {city.code: city for city in await book.cities()}
    scene = Scene(town, cities)
    await scene.fill()
    return scene
