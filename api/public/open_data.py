"""All addresses of the open data."""

from litestar.types import ControllerRouterHandler

from api.public.dictionary import dictionary_handlers
from api.public.feeds import feed_handlers
from api.public.now.controllers import now_handlers
from api.public.ogc.controllers import ogc_handlers
from api.public.open311.controllers import open311_router
from api.public.reports import reports_handlers
from api.public.statistics.controllers import statistics_handlers
from api.public.webhooks.controllers import WebhookController

open_data_handlers: list[ControllerRouterHandler] = [
    *reports_handlers,
    *ogc_handlers,
    open311_router,
    *feed_handlers,
    *statistics_handlers,
    *dictionary_handlers,
    WebhookController,
    *now_handlers,
]
