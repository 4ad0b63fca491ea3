"""The town as it stood before anybody did anything, to come back to before each try."""

from api.piccolo_conf import DB
from tests.conftest import FILLED_TABLES

SCHEMA = "town_at_the_beginning"
FILLED = """
-- what can be written of every ordinary table of ours that holds a row
SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
    AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname NOT IN ('migration', 'spatial_ref_sys')
GROUP BY c.relname
"""


class Beginning:
    """Committed as everything in the stories is: cursors and locks are those of the real thing."""

    def __init__(self) -> None:
        self.tables: dict[str, str] = {}

    async def remember(self) -> None:
        await DB.fetch(f"CREATE SCHEMA {SCHEMA}")
        for row in await DB.fetch(FILLED):
            if await DB.fetch(f"SELECT FROM {row['name']} LIMIT 1"):
                self.tables[row["name"]] = row["columns"]
                await DB.fetch(f"CREATE TABLE {SCHEMA}.{row['name']} AS SELECT {row['columns']} FROM {row['name']}")

    async def restore(self) -> None:
        async with DB.transaction() as transaction:
            run = transaction.connection
            await run.execute("SET LOCAL session_replication_role = replica")  # no triggers, no order of foreign keys
            await run.execute(";".join(row["empty"] for row in await run.fetch(FILLED_TABLES)))
            await run.execute(
                ";".join(
                    f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {SCHEMA}.{name}"
                    for name, columns in self.tables.items()
                )
            )

    async def forget(self) -> None:
        await DB.fetch(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
