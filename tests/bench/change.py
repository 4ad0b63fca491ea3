"""`change`: one officer's change through HTTP against the same statements by pgbench, with 16 connections.

`make bench ONLY=change`; BENCH_ROWS sets how many reports there are. The statements are those that one change was
seen to make, so that the reference grows with the program.
"""

import asyncio
import json
import os
import re
import tempfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import uvloop
from uuid_utils.compat import uuid7

from tests.bench import create
from tests.bench.load import send_all
from tests.bench.served import a_database, an_api, cpu_s, postmaster

CONNECTIONS = create.CONNECTIONS
REQUESTS = 5_000
OFFICERS = 50

THE_DRIVERS_OWN = re.compile(r"^(SAVEPOINT|RELEASE|BEGIN|COMMIT|START)|typeinfo_tree|'jit'")

NAMED_BY_NUMBER = """
-- pgbench draws a number: the id of a report and its reporter follow from it
UPDATE report SET client_id = lpad(to_hex(id), 32, '0')::uuid,
    account = (SELECT min(id) FROM account) + id % $1
"""


async def staff(count: int) -> list[str]:
    """Tokens of officers of the roads agency."""
    from api.accounts.sessions import open_session
    from api.accounts.tables import Account, RoleGrant
    from api.clock import wall_clock
    from api.piccolo_conf import DB

    where = (await DB.fetch("SELECT id, city_id FROM agency WHERE key = 'dpupr'"))[0]
    tokens = []
    for n in range(count):
        account = Account(login=f"officer-{n}", created_at=wall_clock())
        await account.save()
        held = {"role": "officer", "city": where["city_id"], "agency": where["id"]}
        await RoleGrant(account=account.id, created_at=wall_clock(), **held).save()
        tokens.append((await open_session(account.id, account.uid, wall_clock())).access_token)
    return tokens


async def reports(first: int, count: int) -> list[tuple[int, UUID]]:
    """That wait for an officer, in the order of their ids."""
    from api.piccolo_conf import DB

    rows = await DB.fetch(
        "SELECT id, client_id FROM report WHERE state = 'dispatched' ORDER BY id OFFSET $1 LIMIT $2", first, count
    )
    return [(row["id"], row["client_id"]) for row in rows]


def requests(tokens: list[str], chosen: list[tuple[int, UUID]]) -> list[bytes]:
    made = []
    for n, (_, report) in enumerate(chosen):
        event = {"id": str(uuid7()), "kind": "change", "to": "in_progress", "expected_version": 2, "note": "Ditinjau"}
        body = json.dumps(event).encode()
        head = (
            f"POST /v1/reports/{report}/events HTTP/1.1\r\nhost: bench\r\n"
            f"authorization: Bearer {tokens[n % len(tokens)]}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def statements(token: str, report: UUID) -> list[tuple[str, tuple[Any, ...]]]:
    """What one change asks of the database, as it was seen."""
    from api.accounts.speaker import find_speaker
    from api.cities.book import CityBook
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from api.reports.change import change
    from api.reports.schemas import NewEvent

    book, seen = CityBook(DB), []
    await book.cities()
    async with DB.transaction() as transaction:
        transaction.connection.add_query_logger(lambda logged: seen.append((logged.query, logged.args)))
        speaker = await find_speaker(token, wall_clock())
        event = NewEvent(uuid7(), "change", 2, to="in_progress", note="Ditinjau")
        await change(report, event, speaker, book, wall_clock())
    return [(sql, args) for sql, args in seen if not THE_DRIVERS_OWN.search(sql)]


def literal(value: object) -> str:
    if isinstance(value, timedelta):
        return f"'{value.total_seconds()} seconds'::interval"
    if isinstance(value, list) and not value:
        return "'{}'"
    return create.literal(value).replace('":', '": ')  # a colon before a letter would be a variable of pgbench


def script(seen: list[tuple[str, tuple[Any, ...]]], report: tuple[int, UUID], first_account: int, highest: int) -> str:
    """The statements for a report drawn anew each time."""
    drawn = {
        first_account + report[0] % create.RESIDENTS: f"({first_account} + :r % {create.RESIDENTS})::bigint",
        report[0]: ":r ::bigint",
        report[1]: "lpad(to_hex(:r ::bigint), 32, '0')::uuid",
        3: ":n ::int",  # the version that the change makes
    }

    def filled(value: Any) -> str:
        if isinstance(value, int | UUID) and not isinstance(value, bool) and value in drawn:
            return drawn[value]
        return "md5(:n ::text)::uuid" if isinstance(value, UUID) else literal(value)

    lines = [r"\set n random(10, 2000000000)", rf"\set r random({report[0]}, {highest})", "BEGIN;"]
    for sql, args in seen:
        bare = " ".join(re.sub(r"--[^\n]*", "", sql).split())
        lines.append(re.sub(r"\$(\d+)", lambda found, args=args: filled(args[int(found[1]) - 1]), bare) + ";")
    return "\n".join([*lines, "COMMIT;"])


async def main() -> None:
    rows = int(os.environ.get("BENCH_ROWS", "100000"))
    count = min(REQUESTS, rows // 3)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_change") as url:
            from api.accounts.sessions import open_anonymous
            from api.clock import wall_clock
            from api.piccolo_conf import DB

            await create.a_city()
            async with an_api(folder) as (port, api):
                residents = [await open_anonymous("bench", "id", wall_clock()) for _ in range(create.RESIDENTS)]
                await send_all(port, create.requests([residents[0].access_token], 1), 1)
                await create.grow(rows)
                await DB.fetch(NAMED_BY_NUMBER, create.RESIDENTS)
                first_account = (await DB.fetch("SELECT min(id) FROM account"))[0][0]
                tokens = await staff(OFFICERS)
                (sample,) = await reports(500, 1)  # its id is no small number that means something else
                seen = await statements(tokens[0], sample[1])
                await send_all(port, requests(tokens, await reports(600, 200)), CONNECTIONS)  # warm
                server = await postmaster()
                before = cpu_s(api), cpu_s(server)
                sent = await send_all(port, requests(tokens, await reports(0, count)), CONNECTIONS)
                spent = cpu_s(api) - before[0], cpu_s(server) - before[1]
                assert sent.statuses == {201: count}, sent.statuses
                text = script(seen, sample, first_account, rows)
                found = create.figures(sent, spent, await asyncio.to_thread(create.pgbench, url, text))
    create.line("change", found, rows, statements=len(seen))


if __name__ == "__main__":
    uvloop.run(main())
