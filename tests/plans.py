"""Which indexes a statement uses."""

import json
from typing import Any

from api.piccolo_conf import DB


async def indexes_of(sql: str, *values: object) -> set[str]:
    """Of the plan that PostgreSQL makes when it would rather not read whole tables: the tests' are small."""
    async with DB.transaction():
        await DB.fetch("SET LOCAL enable_seqscan = off")
        rows = await DB.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *values)
    return _indexes(json.loads(rows[0][0])[0]["Plan"])


def _indexes(plan: dict[str, Any]) -> set[str]:
    found = {plan["Index Name"]} if "Index Name" in plan else set()
    return found.union(*[_indexes(part) for part in plan.get("Plans", [])])
