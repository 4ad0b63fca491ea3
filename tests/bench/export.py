"""`export`: a million reports (BENCH_ROWS) as CSV and GeoJSON over HTTP, against COPY of the same columns."""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import psutil
import uvloop

from tests.bench.crowded import ROWS, a_crowded_city
from tests.bench.served import a_database, an_api

LIMIT_MB = 150


async def copied(url: str) -> float:
    """Rows a second of COPY of the same columns."""
    from api.clock import wall_clock
    from api.database import Statement
    from api.public.open_reports import OPEN_REPORTS, STAFF
    from api.reports.publicity import UNSEEN

    every = "(SELECT id, 0 AS place FROM map_point ORDER BY created_at DESC, id DESC) AS wanted (id, place)"
    statement = Statement(
        OPEN_REPORTS.replace("unnest(:ids ::bigint[]) WITH ORDINALITY AS wanted (id, place)", every).replace(
            ":now", ":now ::timestamptz"
        )
    )
    values = {
        "language": "id",
        "site": "",
        "now": wall_clock(),
        "pixels": "/1600",
        "unseen": list(UNSEEN),
        "staff": list(STAFF),
    }
    connection = await asyncpg.connect(url)
    try:
        begun = time.perf_counter()
        arguments = [values[name] for name in statement.names]
        done = await connection.copy_from_query(statement.sql, *arguments, output="/dev/null", format="csv")
        return int(done.split()[1]) / (time.perf_counter() - begun)
    finally:
        await connection.close()


async def exported(port: int, form: str) -> tuple[int, float, int]:
    """Lines, seconds, bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /public/reports.{form} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n".encode())
    begun, lines, size = time.perf_counter(), 0, 0
    while piece := await reader.read(1 << 20):
        lines += piece.count(b"\n")
        size += len(piece)
    writer.close()
    return lines, time.perf_counter() - begun, size


def peak_mb(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_export") as url:
            await a_crowded_city()
            reference = await copied(url)
            async with an_api(folder) as (port, api):
                for form in ("csv", "geojson"):
                    lines, seconds, size = await exported(port, form)
                    assert lines >= ROWS, (lines, ROWS)
                    said = {
                        "name": f"export_{form}",
                        "value": round(ROWS / seconds),
                        "unit": "rows/s, reference is COPY of the same columns",
                        "reference": round(reference),
                        "ratio": round(ROWS / seconds / reference, 3),
                        "conditions": {
                            "rows": ROWS,
                            "peak_mb": round(peak_mb(api)),
                            "limit_mb": LIMIT_MB,
                            "bytes_a_row": size // ROWS,
                        },
                    }
                    sys.stdout.write(json.dumps(said) + "\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())
