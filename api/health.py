"""Whether the house stands: for supervisors, load balancers and Prometheus."""

from typing import Any

import asyncpg
import msgspec
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.clock import clock_of
from api.errors import DependencyMissing
from api.piccolo_conf import DB
from media.gauges import Gauges, read_gauges


class Alive(msgspec.Struct, frozen=True):
    status: str = "ok"


@get("/health/live", tags=["Operation"])
async def live() -> Alive:
    return Alive()


MIGRATED = "SELECT to_regclass('report') IS NOT NULL AND to_regclass('boundary_version') IS NOT NULL"
HAS_BOUNDARIES = "SELECT EXISTS (SELECT FROM boundary_version WHERE activated_at IS NOT NULL)"


@get("/health/ready", tags=["Operation"])
async def ready() -> Alive:
    """503 names the missing part."""
    for part, question in (("migrations", MIGRATED), ("boundaries", HAS_BOUNDARIES)):
        try:
            stands = (await DB.fetch(question))[0][0]
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise DependencyMissing("database") from error
        if not stands:
            raise DependencyMissing(part)
    return Alive()


GAUGES = """
SELECT (SELECT count(*) FROM delivery WHERE state IN ('pending', 'leased')) AS push_waiting,
    (SELECT coalesce(extract(epoch FROM $1 - min(not_before)), 0)::float8 FROM delivery
     WHERE state IN ('pending', 'leased') AND not_before < $1) AS push_oldest_due_seconds,
    (SELECT count(*) FROM report_clock WHERE stopped_at IS NULL AND due_at < $1) AS clocks_overdue
"""


@get("/metrics", media_type=MediaType.TEXT, tags=["Operation"])
async def metrics(request: Request[Any, None, State]) -> Response[bytes]:
    row = (await DB.fetch(GAUGES, clock_of(request)()))[0]
    families: list[Metric] = [
        GaugeMetricFamily(f"kentongan_{name}", name.replace("_", " "), value=value) for name, value in row.items()
    ]
    families += photo_families(await read_gauges(request.app.state.uploads.spool, clock_of(request)()))

    class Present:
        def collect(self) -> list[Metric]:
            return list(families)

    registry = CollectorRegistry()
    registry.register(Present())
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")


def photo_families(gauges: Gauges) -> list[Metric]:
    plain = {
        "photos_waiting": gauges.waiting,
        "photos_oldest_seconds": gauges.oldest_s,
        "photos_redrawing": gauges.redrawing,
        "photos_spool_bytes": gauges.spool_bytes,
    }
    families: list[Metric] = [
        GaugeMetricFamily(f"kentongan_{name}", name.replace("_", " "), value=value) for name, value in plain.items()
    ]
    refused = GaugeMetricFamily("kentongan_photos_refused", "refused in the last day", labels=["reason"])
    swept = GaugeMetricFamily("kentongan_photos_swept", "given up in the last day", labels=["reason"])
    objects = CounterMetricFamily("kentongan_photo_objects_swept", "deleted from the store", labels=["kind"])
    for family, counts in ((refused, gauges.refused), (swept, gauges.swept), (objects, gauges.objects)):
        for label, value in counts.items():
            family.add_metric([label], value)
        families.append(family)
    return families


health_handlers = [live, ready, metrics]
