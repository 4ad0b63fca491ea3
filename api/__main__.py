"""The command line: serve, work, migrate, city, areas, account, demo."""

import asyncio
import os

import click

os.environ.setdefault("PICCOLO_CONF", "api.piccolo_conf")


@click.group()
def main() -> None:
    """Kentongan."""


@main.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    from api.migrations import migrate as run

    asyncio.run(run())


if __name__ == "__main__":
    main()
