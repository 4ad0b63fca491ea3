"""Brings the database to the newest shape: all rooms, in the order of their dependencies."""

from piccolo.apps.migrations.commands.forwards import run_forwards


async def migrate() -> None:
    await run_forwards(app_name="all")
