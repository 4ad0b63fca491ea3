"""One SQL question to DATABASE_URL, the answer on standard output. Runs in the product's environment, not in ours."""

import asyncio
import os
import sys

import asyncpg


async def ask(sql: str) -> object:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


print(asyncio.run(ask(sys.argv[1])))
