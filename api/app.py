"""The one place where the parts are joined: `create_app(settings)`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State

from api.accounts.routes import accounts_controllers
from api.accounts.sealing import open_seals
from api.announcements.controllers import announcement_handlers
from api.areas import area_handlers
from api.channels.controllers import channels_controllers
from api.cities.book import CityBook
from api.cities.controllers import ClientTerms
from api.cities.hearing import hearing
from api.cities.routes import cities_routes
from api.clock import Clock, wall_clock
from api.health import health_handlers
from api.live.controllers import live_handlers
from api.live.log import LiveLog
from api.notifications import NotificationController
from api.openapi import described, description
from api.phones import PhoneController
from api.photos import photo_handlers
from api.piccolo_conf import DB
from api.problems import EXCEPTION_HANDLERS
from api.public.controllers import public_handlers
from api.public.now.controllers import Board
from api.public.open_data import open_data_handlers
from api.reports.contact_controller import ContactController
from api.reports.controllers import ReportController
from api.reports.schemas import MAX_PHOTOS, MAX_TEXT
from api.rights.block_controller import BlockController
from api.rights.controllers import RightsController
from api.settings import Settings
from api.web.pages import web_handlers
from media.capacity import Capacity
from media.photos import MAX_PHOTO_BYTES
from media.spool import Spool
from media.store import open_store
from media.uploads import Uploads
from push.firebase_keys import GOOGLE, FirebaseKeys
from push.sms import SmsSender

MAX_BODY_BYTES = 64 * 1024
MINIMUM_APP_VERSION = "1.0.0"
LIMITS = {
    "report_bytes": MAX_BODY_BYTES,
    "text_characters": MAX_TEXT,
    "photos": MAX_PHOTOS,
    "photo_bytes": MAX_PHOTO_BYTES,
}


@asynccontextmanager
async def text_messages(app: Litestar) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    if not settings.sms_url:
        yield
        return
    ca = Path(settings.outside_ca) if settings.outside_ca else None
    async with SmsSender(settings.sms_url, settings.sms_method, ca=ca) as sender:
        app.state.sms = sender
        yield


@asynccontextmanager
async def city_changes(app: Litestar) -> AsyncIterator[None]:
    async with hearing(DB, [app.state.cities]):
        yield


def offers(settings: Settings) -> tuple[str, ...]:
    """What an operator had to configure first."""
    has = {"otp": settings.sms_url, "otp-inverse": settings.sms_number and settings.sms_inbound_secret}
    return tuple(name for name, is_there in has.items() if is_there)


def create_app(settings: Settings, clock: Clock = wall_clock) -> Litestar:
    """Opens the pool when it starts and closes it when it stops, unless somebody else (a test) has opened it."""

    @asynccontextmanager
    async def pool(_: Litestar) -> AsyncIterator[None]:
        if DB.pool is not None:
            yield
            return
        await DB.start_connection_pool(min_size=2, max_size=settings.database_pool)
        yield
        await DB.close_connection_pool()

    app = Litestar(
        route_handlers=[
            # together: both answer at /v1/me, and Litestar joins the methods of one path only inside one router
            Router("/", route_handlers=[*accounts_controllers, RightsController, BlockController]),
            ReportController,
            ContactController,
            PhoneController,
            NotificationController,
            *announcement_handlers,
            *channels_controllers,
            *photo_handlers,
            *area_handlers,
            *cities_routes,
            *public_handlers,
            *open_data_handlers,
            *web_handlers,
            *health_handlers,
            *live_handlers,
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[pool, text_messages, city_changes],
        logging_config=None,
        openapi_config=description(),
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=1000,
            exclude=[r"^/(photos|v1/photos|v1/uploads|static|vendor)/", r"^/public/reports\.", r"^/(v1|public)/live$"],
        ),
        request_max_body_size=MAX_BODY_BYTES,
        state=shared_parts(settings, clock),
    )
    return described(app)


def firebase_keys(settings: Settings) -> FirebaseKeys | None:
    if not settings.firebase_project:
        return None
    ca = Path(settings.outside_ca) if settings.outside_ca else None
    return FirebaseKeys(settings.firebase_keys_url or GOOGLE, ca=ca)


def shared_parts(settings: Settings, clock: Clock) -> State:
    """What handlers find in `request.app.state`."""
    spool = Spool(settings.spool_dir)
    return State(
        {
            "settings": settings,
            "clock": clock,
            "live": LiveLog(),
            "board": Board(),
            "cities": CityBook(DB),
            "client_terms": ClientTerms(MINIMUM_APP_VERSION, LIMITS, offers(settings)),
            "seals": open_seals(settings.secrets_key_path),
            "sms": None,  # while none is configured (text_messages)
            "firebase_keys": firebase_keys(settings),
            "store": open_store(settings.photo_store_url),
            "uploads": Uploads(spool),
            "capacity": Capacity(spool),
        }
    )
