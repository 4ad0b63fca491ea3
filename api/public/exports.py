"""Exports of any size: batch after batch, so that memory stays flat and no connection is held while a phone reads.

Nothing is kept: each batch is what is public when it is written. A visitor who goes away ends it.
"""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Literal

from litestar.response import Stream

from api.cities.book import City
from api.public.asked import Asked, written_for
from api.public.features import GEOJSON
from api.public.open_reports import FIELDS, Shape, Written, write_lines
from api.public.selection import Key, Wanted, find

BATCH = 500  # half a megabyte: what an export adds to the process, several times over
CSV, NDJSON = "text/csv; charset=utf-8", "application/x-ndjson"
Format = Literal["geojson", "csv", "ndjson"]
MEDIA_TYPES: dict[Format, str] = {"geojson": GEOJSON, "csv": CSV, "ndjson": NDJSON}
SHAPES: dict[Format, Shape] = {"geojson": "geojson", "csv": "csv", "ndjson": "json"}
# So many batches of one process are with the database at once; the other connections are for everybody else.
AT_ONCE = asyncio.Semaphore(2)
GZIP_WINDOW = 16 + zlib.MAX_WBITS  # 16 asks zlib for gzip's header


async def export(request: Asked, wanted: Wanted, form: Format) -> Stream:
    shown = [city for city in await request.app.state.cities.cities() if wanted.city in (None, city.id)]
    parts = _parts(wanted, form, written_for(request), shown)
    headers = {
        "content-disposition": f'attachment; filename="reports.{form}"',
        "cache-control": "no-cache",
        "access-control-allow-origin": "*",
        "vary": "Accept-Encoding, Accept-Language",
        "link": '</data>; rel="describedby"',
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Stream(_gzipped(parts), media_type=MEDIA_TYPES[form], headers=headers | {"content-encoding": "gzip"})
    return Stream(parts, media_type=MEDIA_TYPES[form], headers=headers)


async def _parts(wanted: Wanted, form: Format, written: Written, shown: list[City]) -> AsyncIterator[bytes]:
    yield _head(form, written, shown)
    between = ",\n" if form == "geojson" else "\n"
    is_first = True
    async for lines in _batches(wanted, SHAPES[form], written, between):
        if not is_first:
            yield between.encode()
        yield lines
        is_first = False
    yield b"\n]}\n" if form == "geojson" else b"\n"


async def _batches(wanted: Wanted, shape: Shape, written: Written, between: str) -> AsyncIterator[bytes]:
    after: Key | None = None
    while True:
        async with AT_ONCE:
            page = await find(wanted, after, BATCH)
            count, lines = await write_lines(page.ids, shape, written, between)
        if count:
            yield lines
        if page.after is None:
            return
        after = page.after


def _head(form: Format, written: Written, shown: list[City]) -> bytes:
    if form == "csv":
        return (",".join(FIELDS) + "\n").encode()
    if form == "ndjson":
        return b""
    about = {
        "type": "FeatureCollection",
        "timeStamp": written.now.isoformat(),
        "licence": sorted({city.open_data_licence for city in shown}),
        "attribution": [city.name for city in shown],
        "describedby": f"{written.site}/data",
    }
    return (json.dumps(about, ensure_ascii=False)[:-1] + ', "features": [\n').encode()


async def _gzipped(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Fast rather than small, in a thread: zlib lets the others run."""
    packer = zlib.compressobj(1, zlib.DEFLATED, GZIP_WINDOW)
    async for part in parts:
        if packed := await asyncio.to_thread(packer.compress, part):
            yield packed
    yield packer.flush()
