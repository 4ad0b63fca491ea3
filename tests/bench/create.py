"""`create`: a report through HTTP against the same statements by pgbench, at 10,000 and at 1,000,000 reports.

`make bench ONLY=create`; BENCH_ROWS sets the larger number.
"""

import asyncio
import json
import os
import re
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import uvloop
from uuid_utils.compat import uuid7

from tests.bench.load import Measured, send_all
from tests.bench.served import a_database, an_api, cpu_s, postmaster

CONNECTIONS = 16
REQUESTS = 8_000
SECONDS = 10
FIRST_ROWS = 10_000
RESIDENTS = 200
GRID = 20  # villages a side

BODY = {
    "category": "jalan-rusak",
    "text": "Jalan berlubang di depan pasar, sudah dua minggu, tolong segera diperbaiki sebelum ada korban.",
    "position": {"lat": 0.0, "lon": 0.0, "accuracy_m": 8},
}

MULTIPLY = """
-- as many more reports as asked for, each with its events, clocks, notification and map point
WITH model AS (SELECT * FROM report ORDER BY id LIMIT 1),
born AS (
    INSERT INTO report (client_id, tracking_id, body_sha256, account, channel, report_type, city, category, text,
        address, answers, visibility, is_anonymous, location, accuracy_m, village_code, boundary_version, place,
        occurred_at, created_at, state, version, agency, routing_reason, last_hash,
        public_location)
    SELECT gen_random_uuid(), 'X' || n, body_sha256, account, channel, report_type, city, category, text, address,
        answers, visibility, is_anonymous, ST_Translate(location, random() * 0.38, random() * 0.38), accuracy_m,
        village_code, boundary_version, place, occurred_at, created_at, state, version, agency, routing_reason,
        last_hash, public_location
    FROM model, generate_series($1::bigint, $2::bigint) AS n
    RETURNING id, client_id, account, created_at, city, category, location
),
told AS (
    INSERT INTO report_event (report, version, client_id, kind, actor, role, to_state, reason, note, internal_note,
        evidence, details, at, hash)
    SELECT id, version, gen_random_uuid(), 'create', account, 'reporter', 'submitted', '', '', '', '{}', '{}',
        created_at, ''
    FROM born, generate_series(1, 2) AS version
),
promised AS (
    INSERT INTO report_clock (report, clock, started_at, due_at)
    SELECT id, clock, created_at, created_at FROM born, unnest('{verify,ombudsman,respond,resolve}'::text[]) AS clock
),
noticed AS (
    INSERT INTO notification (recipient, subject, rev, kind, params, created_at, valid_until)
    SELECT account, client_id, 2, 'report.received', '{}', created_at, created_at FROM born
)
SELECT count(map_point_put(id, city, category, true, created_at, ST_X(location), ST_Y(location), 'X')) FROM born
"""


def requests(tokens: list[str], count: int) -> list[bytes]:
    """From many residents, in turn: one resident's own reports would wait for each other."""
    made = []
    for n in range(count):
        token = tokens[n % len(tokens)]
        lat, lon = position(n)
        body = json.dumps({**BODY, "position": {"lat": lat, "lon": lon, "accuracy_m": 8}}).encode()
        head = (
            f"PUT /v1/reports/{uuid7()} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def position(n: int) -> tuple[float, float]:
    """Spread over the grid of villages, never on a border."""
    return -6.40 + 0.02 * (n * 7 % GRID) + 0.0001 * (n % 50), 106.79 + 0.02 * (n * 11 % GRID) + 0.0001 * (n % 41)


def literal(value: object) -> str:
    """As SQL text, for pgbench's script."""
    from geo.point import Point

    if value is None or isinstance(value, bool | int | float):
        return "NULL" if value is None else str(value)
    if isinstance(value, list):
        return "ARRAY[" + ", ".join(map(literal, value)) + "]"
    written = {
        bytes: lambda: f"'\\x{value.hex()}'::bytea",
        datetime: lambda: f"'{value.isoformat()}'::timestamptz",
        UUID: lambda: f"'{value}'::uuid",
        Point: lambda: f"'{value.ewkb().hex()}'::geometry",
    }
    as_text = "'" + str(value).replace("'", "''") + "'"
    return written.get(type(value), lambda: as_text)()


def script(statement: str, names: tuple[str, ...], values: dict[str, Any]) -> str:
    """`statement` with its $n filled in; ids and numbers are drawn anew each time."""
    drawn = {
        "id": "lpad(to_hex(:n ::bigint), 32, '0')::uuid",
        "tracking_id": "('P' || :n ::text)",
        "account": ":resident ::bigint",
        "event_ids": "ARRAY[lpad(to_hex(:n ::bigint), 32, '0')::uuid, gen_random_uuid()]",
    }
    filled = [drawn.get(name) or literal(values[name]) for name in names]
    text = re.sub(r"--[^\n]*", "", statement)
    return re.sub(r"\$(\d+)", lambda found: filled[int(found[1]) - 1], text).replace("\n", " ").strip()


async def pgbench_script(token: str) -> str:
    """What one PUT asks of the database: the speaker, the place, the report."""
    from api.accounts.speaker import SPEAKER, find_speaker, token_hash
    from api.cities.book import CityBook
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from api.reports.plan import decide
    from api.reports.schemas import NewReport, Position
    from api.reports.submit import SUBMIT, Submission

    speaker = await find_speaker(token, wall_clock())
    lat, lon = position(3)
    new = NewReport(BODY["category"], BODY["text"], Position(lat, lon, 8.0))
    plan = await decide(new, CityBook(DB), wall_clock())
    values = Submission(uuid7(), "", new, speaker, plan, b"0" * 32).values() | {"per_hour": 1000, "per_day": 1000}
    speaker_sql = re.sub(r"--[^\n]*", "", SPEAKER).replace("$1", literal(token_hash(token))).replace("$2", "now()")
    return "\n".join(
        (
            r"\set n random(1, 9000000000000000000)",
            rf"\set resident random(1, {RESIDENTS})",
            " ".join(speaker_sql.split()) + ";",
            f"SELECT * FROM area_at({lon}, {lat}, 8);",
            script(SUBMIT.sql, SUBMIT.names, values) + ";",
        )
    )


def pgbench(url: str, text: str) -> float:
    """Transactions per second with as many connections as the load over HTTP has."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-T", str(SECONDS), "-f"]
        done = subprocess.run(
            [*command, file.name, "-h", host, "-U", parts.username or "postgres", parts.path[1:]],
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert "number of failed transactions: 0" in done.stdout or "failed" not in done.stdout, done.stdout
    return float(found[1])


async def a_city() -> None:
    import geo.areas
    from api.cities.onboarding import add_city
    from api.clock import wall_clock
    from tests.geo.factories import an_edition, square

    villages = [
        (
            f"32.76.{1 + row:02}.{1001 + column}",
            f"Desa {row} {column}",
            square(106.78 + 0.02 * column, -6.41 + 0.02 * row),
        )
        for row in range(GRID)
        for column in range(GRID)
    ]
    districts = [(f"32.76.{1 + row:02}", f"Kecamatan {row}", None) for row in range(GRID)]
    await an_edition([("32.76", "Kota Depok", None), *districts, *villages])
    await add_city("32.76", wall_clock(), areas=geo.areas)


async def rest() -> None:
    """As if the residents had said nothing for two days, and the city had come to trust them."""
    from api.piccolo_conf import DB

    await DB.fetch(
        "UPDATE report SET created_at = created_at - interval '2 days' WHERE created_at > now() - interval '1 day'"
    )
    await DB.fetch("UPDATE account SET trust = 50")


async def grow(rows: int) -> None:
    """To `rows` reports, in pieces."""
    from api.piccolo_conf import DB

    count = (await DB.fetch("SELECT count(*) FROM report"))[0][0]
    while count < rows:
        piece = min(50_000, rows - count)
        await DB.fetch(MULTIPLY, count, count + piece - 1)
        count += piece
    assert DB.pool is not None
    await DB.pool.execute("VACUUM ANALYZE")
    await DB.pool.execute("CHECKPOINT")


async def measure(url: str, port: int, api: Any, tokens: list[str]) -> dict[str, float]:
    await send_all(port, requests(tokens, 500), CONNECTIONS)  # warm
    server = await postmaster()
    before = cpu_s(api), cpu_s(server)
    sent = await send_all(port, requests(tokens, REQUESTS), CONNECTIONS)
    spent = cpu_s(api) - before[0], cpu_s(server) - before[1]
    assert sent.statuses == {201: REQUESTS}, sent.statuses
    reference = await asyncio.to_thread(pgbench, url, await pgbench_script(tokens[0]))
    return figures(sent, spent, reference)


def figures(sent: Measured, spent: tuple[float, float], reference: float) -> dict[str, float]:
    return {
        "per_s": sent.per_s,
        "p50_ms": sent.p50_ms,
        "p99_ms": sent.p99_ms,
        "api_cpu_ms": 1000 * spent[0] / sent.requests,
        "postgres_cpu_ms": 1000 * spent[1] / sent.requests,
        "pgbench_per_s": reference,
        "ratio": sent.per_s / reference,
    }


def line(name: str, found: dict[str, float], rows: int, **more: float) -> None:
    rounded = {key: round(value, 3) for key, value in {**found, **more}.items()}
    print(  # noqa: T201
        json.dumps(
            {
                "name": name,
                "value": round(found["per_s"]),
                "unit": "reports/s",
                "reference": round(found["pgbench_per_s"]),
                "ratio": round(found["ratio"], 3),
                "conditions": {"rows": rows, "connections": CONNECTIONS, "workers": 1, **rounded},
            }
        ),
        flush=True,
    )


async def main() -> None:
    rows = int(os.environ.get("BENCH_ROWS", "1000000"))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_create") as url:
            await a_city()
            async with an_api(str(Path(folder))) as (port, api):
                from api.accounts.sessions import open_anonymous
                from api.clock import wall_clock

                tokens = [(await open_anonymous("bench", "id", wall_clock())).access_token for _ in range(RESIDENTS)]
                await send_all(port, requests(tokens, 1), 1)
                await rest()
                await grow(FIRST_ROWS)
                small = await measure(url, port, api, tokens)
                line("create", small, FIRST_ROWS, memory_mb=api.memory_info().rss / 1e6)
                await rest()
                await grow(rows)
                large = await measure(url, port, api, tokens)
                line("create_at_scale", large, rows, slower_than_small=small["per_s"] / large["per_s"])


if __name__ == "__main__":
    uvloop.run(main())
