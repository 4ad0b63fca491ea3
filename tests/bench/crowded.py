"""A served city with very many public reports, for the benches of open data."""

import os

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
PIECE = 50_000
MINUTES = 0.5  # between two reports: a million is about a year


async def a_crowded_city(rows: int = ROWS) -> None:
    """One report really submitted, the others copied from it, over all villages, a third of a degree and a year."""
    from uuid_utils.compat import uuid7

    from api.accounts.sessions import open_anonymous
    from api.accounts.speaker import find_speaker
    from api.cities.book import CityBook
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from api.reports.schemas import NewReport, Position
    from api.reports.submit import submit
    from tests.bench.create import BODY, a_city, position
    from tests.public.crowd import multiply

    await a_city()
    now = wall_clock()
    token = (await open_anonymous("bench", "id", now)).access_token
    new = NewReport(BODY["category"], BODY["text"], Position(*position(0), 8.0))
    await submit(uuid7(), new, await find_speaker(token, now), CityBook(DB), now)
    for first in range(1, rows, PIECE):
        await multiply(min(PIECE, rows - first), first, MINUTES)
    assert DB.pool is not None
    await DB.pool.execute("VACUUM ANALYZE")
    await DB.pool.execute("CHECKPOINT")
