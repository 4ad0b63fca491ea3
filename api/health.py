"""Whether the house stands: for supervisors, load balancers and Prometheus."""

from typing import Any, Literal

import asyncpg
import msgspec
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.clock import clock_of
from api.errors import DependencyMissing
from api.piccolo_conf import DB
from api.rights.retention import counted
from media.gauges import Gauges, read_gauges
from push import proof
from push.proof import Signals

MAX_DUE_S = 60.0
LATE = {503: ResponseSpec(data_container=None, description="notifications are late; the same body")}
# By the name in `proof.Signals`: the name for Prometheus, and what it is.
PUSH_GAUGES = {
    "waiting": ("waiting", "what is to be told to one and is due, on its way, or to be tried again"),
    "oldest_due_s": ("oldest_due_seconds", "for how long the oldest of these has been due"),
    "bulk_waiting": ("bulk_waiting", "the same of what is told to many"),
    "bulk_oldest_due_s": ("bulk_oldest_due_seconds", "for how long the oldest of these has been due"),
    "untold": ("fanout_untold", "people whom a fan-out has not come to yet"),
}


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


class PushHealth(msgspec.Struct, frozen=True):
    """`is_late`: what is told to one has been due for longer than a minute, so no worker is at work, or none is enough.

    `bulk_…` is what is told to many, which stands behind; `untold` are people whom a fan-out has not come to yet.
    """

    is_late: bool
    waiting: int
    oldest_due_s: float
    bulk_waiting: int
    bulk_oldest_due_s: float
    untold: int


class Detail(msgspec.Struct, frozen=True):
    status: Literal["ok", "late"]
    push: PushHealth


@get("/health/detail", tags=["Operation"], responses=LATE)
async def detail(request: Request[Any, None, State]) -> Response[Detail]:
    """503 when notifications are late: for a monitor that calls somebody, not for a load balancer."""
    found = await proof.signals(clock_of(request)())
    facts = {name: getattr(found, name) for name in PUSH_GAUGES}
    is_late = found.oldest_due_s > MAX_DUE_S
    shown = Detail("late" if is_late else "ok", PushHealth(is_late=is_late, **facts))
    return Response(shown, status_code=503 if is_late else 200)


GAUGES = """
SELECT count(*) AS clocks_overdue FROM report_clock WHERE stopped_at IS NULL AND due_at < $1
"""


@get("/metrics", media_type=MediaType.TEXT, tags=["Operation"])
async def metrics(request: Request[Any, None, State]) -> Response[bytes]:
    """Gauges of the database, so that it matters not which process is asked."""
    now = clock_of(request)()
    values = dict((await DB.fetch(GAUGES, now))[0])
    families: list[Metric] = [
        GaugeMetricFamily(f"kentongan_{name}", name.replace("_", " "), value=value) for name, value in values.items()
    ]
    families += push_metrics(await proof.signals(now))
    families += photo_families(await read_gauges(request.app.state.uploads.spool, now))

    over = CounterMetricFamily("kentongan_retention", "taken away because its time was over", labels=["kind"])
    for kind, amount in (await counted()).items():
        over.add_metric([kind], amount)
    families.append(over)

    class Present:
        def collect(self) -> list[Metric]:
            return families

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


def push_metrics(signals: Signals) -> list[Metric]:
    found: list[Metric] = [
        GaugeMetricFamily(f"kentongan_push_{metric}", words, value=getattr(signals, name))
        for name, (metric, words) in PUSH_GAUGES.items()
    ]
    settled = GaugeMetricFamily(
        "kentongan_push_settled_5m",
        "what became of pushes in the last five minutes, by the service's word",
        labels=("address_kind", "state", "code"),
    )
    for count in signals.settled:
        settled.add_metric((count.address_kind, count.state, count.code), count.rows)
    return [*found, settled]


health_handlers = [live, ready, detail, metrics]
