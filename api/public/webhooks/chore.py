"""The worker's part of the webhooks."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from api.accounts.sealing import open_seals
from api.cities.book import CityBook
from api.clock import Clock
from api.public.webhooks.delivering import Webhooks
from api.public.webhooks.posting import Poster
from api.settings import Settings


def webhook_chores(settings: Settings, cities: CityBook, clock: Clock) -> dict[str, Callable[[], Awaitable[bool]]]:
    ca = Path(settings.outside_ca) if settings.outside_ca else None
    webhooks = Webhooks(Poster(ca), open_seals(settings.secrets_key_path), cities, settings.base_url)

    async def deliver() -> bool:
        return await webhooks.deliver_due(clock())

    return {"webhooks": deliver}
