"""The second process: delivers pushes, renders photos, fires clocks, sweeps. Any number may run beside each other.

Everything it does is a row that is due; a row is leased before the work and settled after, so kill -9 at any
moment only means that another look finds it again.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

from msgspec.structs import asdict

from api.accounts.otp import forget_old as forget_old_codes
from api.accounts.sealing import open_seals
from api.accounts.sessions import SWEPT_AT_ONCE
from api.accounts.sessions import sweep as sweep_sessions
from api.channels.linking import move_late
from api.channels.texting import LinkedPhones
from api.cities.book import CityBook
from api.clock import Clock, wall_clock
from api.piccolo_conf import DB
from api.public.statistics.counting import count_statistics
from api.public.webhooks.chore import webhook_chores
from api.public.webhooks.delivering import forget_attempts
from api.reports import escalate, lapse
from api.reports.arrivals import tell_arrivals
from api.reports.flags import flag_ready
from api.reports.refusals import tell_refused
from api.reports.rendering import render
from api.reports.unattached import unattached
from api.rights.erasure import erase_late, erase_rest
from api.rights.retention import count_gone, retain
from api.rights.terms import terms_of
from api.settings import Settings
from geo import pyramid
from media.detector import open_detector
from media.gauges import count as count_swept
from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import Store, open_store
from media.sweeping import Sweep, give_up_unattached, give_up_unfinished
from media.uploads import Uploads
from push import digest, vapid
from push.delivery import Deliverer
from push.fanout import expand
from push.fcm import FcmSender
from push.mail import MailSender
from push.sender import Sender
from push.sms import SmsSender
from push.sweep import sweep as forget_notifications
from push.wakeup import Wakeup
from push.webpush import WebPushSender

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
FANOUT_EVERY_S = 1.0
ARRIVALS_EVERY_S = 2.0
PHOTO_EVERY_S = 1.0
STATISTICS_EVERY_S = 30.0
WEBHOOKS_EVERY_S = 1.0
MAP_EVERY_S = 0.5
TIDY_EVERY_S = 60.0
CLOCKS_EVERY_S = 30.0
GIVE_UP_EVERY_S = 600.0
SWEEP_EVERY_S = 6 * 3600.0
AFTER_FAULT_S = 5.0
REFUSALS_SINCE = timedelta(days=2)

Chore = Callable[[], Awaitable[bool]]


async def open_senders(settings: Settings, stack: AsyncExitStack, clock: Clock) -> dict[str, Sender]:
    """By kind of address. What has no sender stays in the inbox.

    FCM needs a service account, SMS a gateway, e-mail a server. Browsers are reached from a site with https: they
    register at no other.
    """
    senders: dict[str, Sender] = {}
    outside_ca = Path(settings.outside_ca) if settings.outside_ca else None
    if settings.fcm_service_account:
        ca = Path(settings.fcm_ca) if settings.fcm_ca else None
        fcm = FcmSender(Path(settings.fcm_service_account), ca=ca, resolve=settings.fcm_peer)
        senders["fcm"] = senders["fid"] = await stack.enter_async_context(fcm)
    if settings.base_url.startswith("https://"):
        browsers = WebPushSender(
            await vapid.identity(clock()),
            settings.base_url,
            services=settings.browser_services,
            ca=outside_ca,
            peers=settings.browser_peers,
        )
        senders["webpush"] = await stack.enter_async_context(browsers)
    if settings.sms_url:
        gateway = SmsSender(settings.sms_url, settings.sms_method, ca=outside_ca)
        seals = open_seals(settings.secrets_key_path)
        senders["sms"] = LinkedPhones(await stack.enter_async_context(gateway), seals)
    if settings.smtp_url:
        senders["email"] = MailSender(settings.smtp_url, settings.mail_from, ca=outside_ca)
    return senders


async def repeat(chore: Chore, pause: Callable[[], Awaitable[object]], name: str) -> None:
    """Again at once while there is work, else after `pause`. A fault of one round is logged, and the next one comes."""
    while True:
        try:
            if not await chore():
                await pause()
        except Exception:
            log.exception("chore failed: %s", name)
            await asyncio.sleep(AFTER_FAULT_S)


async def work(settings: Settings, clock: Clock = wall_clock) -> None:
    """Until SIGTERM or SIGINT."""
    async with AsyncExitStack() as stack:
        await DB.start_connection_pool(min_size=1, max_size=settings.database_pool)
        stack.push_async_callback(DB.close_connection_pool)
        wakeup = await stack.enter_async_context(Wakeup(DB, ["push"]))
        sandbox = Sandbox()
        stack.callback(sandbox.close)
        deliverer = Deliverer(await open_senders(settings, stack, clock), partial(render, base_url=settings.base_url))
        chores = make_chores(settings, clock, sandbox, deliverer)
        pauses = {"push": lambda: wakeup.wait(LOOK_EVERY_S)}
        every = {
            "fan-out": FANOUT_EVERY_S,
            "arrivals": ARRIVALS_EVERY_S,
            "digests": TIDY_EVERY_S,
            "photos": PHOTO_EVERY_S,
            "tidy": TIDY_EVERY_S,
            "clocks": CLOCKS_EVERY_S,
        }
        every |= {
            "map": MAP_EVERY_S,
            "statistics": STATISTICS_EVERY_S,
            "erasures": TIDY_EVERY_S,
            "retention": SWEEP_EVERY_S,
            "webhooks": WEBHOOKS_EVERY_S,
            "give up": GIVE_UP_EVERY_S,
            "sweep": SWEEP_EVERY_S,
            "forget": SWEEP_EVERY_S,
            "sessions": SWEEP_EVERY_S,
        }
        tasks = [
            asyncio.create_task(repeat(chore, pauses.get(name) or pause_of(every[name]), name))
            for name, chore in chores.items()
        ]
        log.info("worker is at work: %s", ", ".join(chores))
        await stopped()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await deliverer.finish(clock())


def pause_of(seconds: float) -> Callable[[], Awaitable[object]]:
    return lambda: asyncio.sleep(seconds)


def make_chores(settings: Settings, clock: Clock, sandbox: Sandbox, deliverer: Deliverer) -> dict[str, Chore]:
    """Each answers whether there may be more to do at once."""
    cities = CityBook(DB)

    async def fanout() -> bool:
        return bool(await expand(clock()))

    async def push() -> bool:
        return bool(await deliverer.deliver_due(clock()))

    async def arrivals() -> bool:
        await tell_arrivals(cities, clock())
        return False

    async def clocks() -> bool:
        looked = await escalate.escalate_due(cities, clock())
        lapsed = await lapse.lapse_due(cities, clock())
        return looked == escalate.AT_ONCE or lapsed == lapse.AT_ONCE

    async def digests() -> bool:
        return bool(await digest.tell_due(clock()))

    async def forget() -> bool:
        await forget_attempts(clock())
        swept = await forget_notifications(clock(), timedelta(days=settings.ledger_kept_days))
        return bool(swept.emptied or swept.deleted)

    store = open_store(settings.photo_store_url)
    chores = {
        "push": push,
        "fan-out": fanout,
        "arrivals": arrivals,
        "digests": digests,
        "clocks": clocks,
        "forget": forget,
        **counting(clock),
        **forgetting(settings, cities, clock),
        **webhook_chores(settings, cities, clock),
    }
    chores |= photo_chores(settings, store, sandbox, clock)
    return chores | sweeping_chores(store, timedelta(days=settings.original_kept_days), clock)


def photo_chores(settings: Settings, store: Store, sandbox: Sandbox, clock: Clock) -> dict[str, Chore]:
    spool = Spool(settings.spool_dir)
    detector = open_detector(settings.photo_detector)
    holds = settings.photo_detector_holds
    renderer = Renderer(store, spool, sandbox, clock, detector=detector, is_holding=holds)
    cities = CityBook(DB)
    uploads = Uploads(spool)

    async def photos() -> bool:
        settled = await renderer.render_due()
        for photo in settled:
            level = logging.DEBUG if photo.state == "ready" else logging.INFO
            log.log(level, "photo settled: photo=%s state=%s reason=%s", photo.photo_id, photo.state, photo.reason)
        if settled:
            await renderer.drop_stale()
        if any(photo.state == "refused" for photo in settled):
            await tell_refused(clock() - REFUSALS_SINCE, clock())
        return bool(settled) or bool(await flag_ready(cities))

    async def tidy() -> bool:
        await uploads.tidy(clock())
        await renderer.drop_stale()  # of a redaction whose worker was killed, or whose store was away
        await tell_refused(clock() - REFUSALS_SINCE, clock())  # what a killed worker did not come to tell
        return False

    return {"photos": photos, "tidy": tidy}


def counting(clock: Clock) -> dict[str, Chore]:
    """The map's counts, and everybody's statistics."""

    async def count_map() -> bool:
        await pyramid.fold(clock())
        return False  # what came meanwhile waits for the next look, and is counted in one go

    async def count_reports() -> bool:
        return await count_statistics(clock())

    return {"map": count_map, "statistics": count_reports}


def forgetting(settings: Settings, cities: CityBook, clock: Clock) -> dict[str, Chore]:
    """Accounts that were erased, and what has had its time."""

    async def erasures() -> bool:
        await erase_late(cities, clock())
        return await erase_rest(cities, clock())

    async def retention() -> bool:
        kept = await retain(terms_of(settings), cities, clock())
        log.info("retention: authors=%d notes=%d accounts=%d", kept.authors, kept.notes, kept.accounts)
        return False

    return {"erasures": erasures, "retention": retention}


def sweeping_chores(store: Store, originals_kept: timedelta, clock: Clock) -> dict[str, Chore]:
    async def give_up() -> bool:
        unfinished = await give_up_unfinished(clock())
        unused = await give_up_unattached(await unattached(clock()), clock())
        if unfinished or unused:
            log.info("photos given up: unfinished=%d unattached=%d", unfinished, unused)
        return False

    async def sweep() -> bool:
        swept = await Sweep(store, clock(), originals_kept).run()
        await count_swept(swept, clock())
        counts = " ".join(f"{name}={count}" for name, count in asdict(swept).items())
        log.log(logging.ERROR if swept.held_back else logging.INFO, "store swept: %s", counts)
        return False

    async def sessions() -> bool:
        await forget_old_codes(clock())
        await move_late(clock())
        gone = await sweep_sessions(clock())
        await count_gone({"sessions": gone}, clock())
        return gone == SWEPT_AT_ONCE

    return {"give up": give_up, "sweep": sweep, "sessions": sessions}


async def stopped() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
