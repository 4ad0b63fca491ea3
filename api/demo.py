"""`python -m api demo`: the seven cities, the people of Kota Depok, and a few hundred reports with their fates.

Everything goes the way of the product: submitted, changed and uploaded by the same functions that the phones call.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import click
import msgspec
from rich.progress import track
from uuid_utils.compat import uuid7

import geo.areas
from api.accounts.speaker import Grant, Role, Speaker
from api.accounts.staff import add_account
from api.accounts.tables import Account
from api.cities.book import CityBook
from api.cities.demo import load_demo
from api.cities.demo_reports import DemoReport, demo_reports
from api.clock import wall_clock
from api.demo_picture import demo_picture
from api.errors import CityNotServed, FieldRefused
from api.piccolo_conf import DB
from api.reports.change import change
from api.reports.evidence import announce
from api.reports.limits import MOST_TRUSTED
from api.reports.schemas import AnnouncedPhoto, NewEvent, NewReport, Position
from api.reports.status import State
from api.reports.submit import submit
from api.settings import read_settings
from geo.locate import OutsideCoverage
from media.spool import Spool
from media.uploads import Uploads

log = logging.getLogger(__name__)

REPORTS_PER_CITY = 50
RESIDENTS = 12
PICTURES = 6
STEP = timedelta(hours=5)
FATES: dict[str, tuple[State, ...]] = {
    "in_progress": ("in_progress",),
    "needs_info": ("in_progress", "needs_info"),
    "work_done": ("in_progress", "work_done"),
    "resolved": ("in_progress", "work_done", "resolved"),
    "closed": ("in_progress", "work_done", "resolved"),
    "rejected": ("verified", "rejected"),
}
NOTES = {
    "in_progress": "Petugas sudah ke lokasi.",
    "needs_info": "Mohon sebutkan patokan yang lebih jelas.",
    "work_done": "Sudah dikerjakan, lihat foto sesudahnya.",
    "resolved": "Hasil sudah diperiksa.",
}
REASONS = {"verified": "bukan kewenangan kami", "rejected": "di luar kewenangan daerah"}


class Demo(msgspec.Struct, frozen=True):
    """Who acts: two of the staff, so that nobody approves their own evidence, and residents."""

    cities: CityBook
    doer: Speaker
    checker: Speaker
    residents: tuple[Speaker, ...]
    uploads: Uploads
    pictures: tuple[tuple[bytes, bytes], ...]
    now: datetime


@click.command()
@click.option("--password", envvar="DEMO_PASSWORD", help="Of the demo's accounts; else one is made and shown once.")
def demo(password: str | None) -> None:
    """Load the demo once: seven cities, accounts, reports."""
    asyncio.run(_demo(password))


async def _demo(password: str | None) -> None:
    await DB.start_connection_pool(min_size=1, max_size=4)
    try:
        if not await Account.exists().where(Account.login == "operator"):
            await _load(password, wall_clock())
    finally:
        await DB.close_connection_pool()


async def _load(given: str | None, now: datetime) -> None:
    """The people come last: whoever finds them finds the demo whole."""
    await load_demo(now, areas=geo.areas)
    cities = CityBook(DB)
    await add_reports(await assemble(cities, now))
    password = given or secrets.token_urlsafe(9)
    people = await add_people(cities, password, now)
    click.echo(f"Demo accounts of Kota Depok: {', '.join(people)}")
    if not given:
        click.echo(f"Their password, shown once: {password}")


async def add_people(cities: CityBook, password: str, now: datetime) -> list[str]:
    depok = await cities.city_of("32.76")
    assert depok is not None
    roads = next(agency.id for agency in depok.agencies.values() if agency.key == "dpupr")
    people: dict[str, tuple[Role, int | None, str | None]] = {
        "officer": ("officer", roads, None),
        "coordinator": ("coordinator", roads, None),
        "lurah": ("area_head", None, "32.76.01"),
        "auditor": ("auditor", None, None),
        "admin": ("admin", None, None),
        "operator": ("operator", None, None),
    }
    for login, (role, agency, area) in people.items():
        if not await Account.exists().where(Account.login == login):
            await add_account(login, password, [Grant(0, role, depok.id, agency, area)], now)
    return list(people)


async def assemble(cities: CityBook, now: datetime) -> Demo:
    everywhere = Grant(0, "operator", None, None, None)
    return Demo(
        cities=cities,
        doer=await _speaker(now, everywhere),
        checker=await _speaker(now, everywhere),
        residents=tuple([await _speaker(now) for _ in range(RESIDENTS)]),
        uploads=Uploads(Spool(read_settings().spool_dir)),
        pictures=tuple((demo_picture(n, is_mended=False), demo_picture(n, is_mended=True)) for n in range(PICTURES)),
        now=now,
    )


async def _speaker(now: datetime, *grants: Grant) -> Speaker:
    account = Account(created_at=now)
    await account.save()
    return Speaker(account.id, account.uid, "id", 0, grants, trust=MOST_TRUSTED)


async def add_reports(demo: Demo) -> None:
    for city in track(await demo.cities.cities(), description="demo reports"):
        villages = [point for regency in city.regencies for point in await geo.areas.inner_points(regency)]
        for number, wanted in enumerate(demo_reports(city.code, villages, seed=1, count=REPORTS_PER_CITY)):
            try:
                await tell_story(demo, wanted, number)
            except (FieldRefused, OutsideCoverage, CityNotServed) as refused:  # a point that fell into the sea
                log.info("no demo report: %s", refused)


async def tell_story(demo: Demo, wanted: DemoReport, number: int) -> None:
    """Submitted then, and brought to its fate a few hours at a time."""
    before, after = demo.pictures[number % PICTURES]
    photo = announced(before)
    born = demo.now - timedelta(days=wanted.days_ago)
    resident = demo.residents[number % RESIDENTS]
    report = NewReport(wanted.category, wanted.text, Position(wanted.lat, wanted.lon, 12.0), photos=(photo,))
    receipt, _ = await submit(uuid7(), report, resident, demo.cities, born)
    await upload(demo, photo, before, resident, born)
    version, state = receipt.version, receipt.state
    for hours, to in enumerate(FATES.get(wanted.fate, ())):
        if state != "dispatched" and to == "in_progress":
            return  # it waits in the operator's queue
        at = min(born + STEP * (hours + 1), demo.now)
        version, state = await take_step(demo, receipt.id, to, version, after, at)
    if wanted.fate == "closed":
        event = NewEvent(uuid7(), "confirm", version, rating=3 + number % 3)
        await change(receipt.id, event, resident, demo.cities, min(born + STEP * 5, demo.now))


async def take_step(demo: Demo, report: UUID, to: State, version: int, after: bytes, at: datetime) -> tuple[int, State]:
    speaker = demo.checker if to == "resolved" else demo.doer
    evidence: tuple[UUID, ...] = ()
    if to == "work_done":
        photo = announced(after)
        await announce(photo, report, speaker, demo.cities, at)
        await upload(demo, photo, after, speaker, at)
        evidence = (photo.id,)
    event = NewEvent(
        uuid7(), "change", version, to=to, note=NOTES.get(to, ""), reason=REASONS.get(to, ""), evidence=evidence
    )
    receipt, _ = await change(report, event, speaker, demo.cities, at)
    return receipt.version, receipt.state


def announced(picture: bytes) -> AnnouncedPhoto:
    return AnnouncedPhoto(uuid7(), len(picture), "image/png", hashlib.sha256(picture).hexdigest())


async def upload(demo: Demo, photo: AnnouncedPhoto, picture: bytes, speaker: Speaker, at: datetime) -> None:
    async def whole() -> AsyncIterator[bytes]:
        yield picture

    await demo.uploads.put(photo.id, speaker.account, whole(), at)
