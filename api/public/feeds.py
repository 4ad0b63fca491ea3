"""GeoRSS: what was reported lately in an area, for whoever reads feeds."""

import hashlib
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated
from xml.etree import ElementTree

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from api.catalogue import text
from api.cities.book import City, UnknownCity
from api.photos import has_already
from api.public.asked import Asked, categories_of, written_for
from api.public.open311.answers import NOT_XML
from api.public.open_reports import OpenReport, Written, read_open_reports
from api.public.selection import Wanted, find_full
from geo import areas

RSS = "application/rss+xml; charset=utf-8"
GEORSS, ATOM = "http://www.georss.org/georss", "http://www.w3.org/2005/Atom"
ITEMS = 50
ElementTree.register_namespace("georss", GEORSS)
ElementTree.register_namespace("atom", ATOM)


@get("/public/feeds/{document:str}", tags=["Open data"], media_type=RSS)
async def read_feed(
    request: Asked,
    document: FromPath[str],
    category: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> Response[bytes]:
    """`{area_code}.rss`: the newest 50 public reports of a city, district or village as GeoRSS."""
    code, dot, form = document.rpartition(".")
    if not dot or form != "rss":
        raise NotFoundException
    city: City | None = await request.app.state.cities.city_of(code)
    name = city.name if city and city.code == code else getattr(await areas.find(code), "name", None)
    if city is None or name is None:
        raise UnknownCity(code)
    wanted = Wanted(city=city.id, area=None if city.code == code else code, categories=categories_of((city,), category))
    written = written_for(request)
    reports = await read_open_reports((await find_full(wanted, None, ITEMS)).ids, written)
    return _answer(request, feed(name, str(request.url), reports, written))


def _answer(request: Asked, content: bytes) -> Response[bytes]:
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"etag": etag, "cache-control": "public, max-age=60, stale-while-revalidate=600"}
    if has_already(request, etag):
        return Response(b"", status_code=304, headers=headers, media_type=RSS)
    return Response(content, headers=headers, media_type=RSS)


def feed(area: str, address: str, reports: tuple[OpenReport, ...], written: Written) -> bytes:
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    _said(channel, "title", text("feed_title", written.language, area=area))
    _said(channel, "link", f"{written.site}/peta")
    _said(channel, "description", text("feed_description", written.language, area=area))
    _said(channel, "language", written.language)
    if reports:
        _said(channel, "lastBuildDate", _date(max(report.updated_at for report in reports)))
    ElementTree.SubElement(channel, f"{{{ATOM}}}link", href=address, rel="self", type="application/rss+xml")
    for report in reports:
        _item(channel, report, written)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(rss)


def _item(channel: ElementTree.Element, report: OpenReport, written: Written) -> None:
    item = ElementTree.SubElement(channel, "item")
    _said(item, "title", f"{report.category_name}: {report.village}, {report.district}")
    _said(item, "link", report.url)
    _said(item, "guid", report.url)
    _said(item, "pubDate", _date(report.created_at))
    _said(item, "category", report.category_name)
    state = text(f"state.{report.state}", written.language)
    _said(item, "description", "\n".join(filter(None, (f"{report.tracking_id} · {state}", report.text))))
    _said(item, f"{{{GEORSS}}}point", f"{report.lat} {report.lon}")


def _said(parent: ElementTree.Element, name: str, words: str) -> None:
    ElementTree.SubElement(parent, name).text = NOT_XML.sub("", words)


def _date(at: datetime) -> str:
    return format_datetime(at)


feed_handlers = [read_feed]
