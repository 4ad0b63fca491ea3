"""The command line: serve, work, migrate, city, areas, account, media, map, retention, demo."""

import asyncio
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar

import click

os.environ.setdefault("PICCOLO_CONF", "api.piccolo_conf")

from api.settings import Settings, SettingsIncomplete, read_settings

GARBAGE_THRESHOLD = 20_000  # objects; Python's 700 means a collection every few requests


class Kentongan(click.Group):
    """Commands load when they are called: `serve` does not need what `areas` needs."""

    LATER: ClassVar = {
        "areas": "api.areas_commands:areas",
        "city": "api.cities_commands:city",
        "account": "api.accounts.commands:account",
        "audit": "api.reports.commands:audit",
        "demo": "api.demo:demo",
        "key": "api.public.commands:key",
        "map": "api.map_commands:map_group",
        "media": "api.media_commands:media",
        "retention": "api.rights.commands:retention",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.LATER:
            return super().get_command(ctx, cmd_name)
        from importlib import import_module

        module, name = self.LATER[cmd_name].split(":")
        try:
            command: click.Command = getattr(import_module(module), name)
        except SettingsIncomplete as error:
            raise click.ClickException("\n".join(error.faults)) from error
        return command


def settings() -> Settings:
    try:
        return read_settings()
    except SettingsIncomplete as error:
        raise click.ClickException("\n".join(error.faults)) from error


@contextmanager
def media_named() -> Iterator[None]:
    """A store, a spool or a key that is not for us is a line for the operator, not a trace."""
    from media.errors import MediaError

    try:
        yield
    except (MediaError, SettingsIncomplete) as error:
        raise click.ClickException(str(error)) from None


@click.group(cls=Kentongan)
def main() -> None:
    """Kentongan: citizen reports, from the photo to the answer."""
    settings()


@main.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    from api.migrations import migrate as run

    asyncio.run(run())


@main.command()
@click.option("--workers", default=1, show_default=True, help="Processes that answer requests.")
def serve(workers: int) -> None:
    """Answer HTTP requests."""
    import uvicorn

    found = settings()
    uvicorn.run(
        "api.__main__:app",
        factory=True,
        host=found.host,
        port=found.port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        proxy_headers=True,
    )


def app() -> Any:
    from api.app import create_app
    from api.logs import configure_logs

    found = settings()
    configure_logs(found.log_level)
    with media_named():
        made = create_app(found)
    # What is loaded now stays for ever: not to be looked at again in each of the collections that requests cause.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    _end_with_signals(made.state.live)
    return made


def _end_with_signals(live: Any) -> None:
    """The server waits for open answers before it stops, and live ones would never end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: Any = before) -> None:
            live.close()
            if callable(before):
                before(number, frame)

        signal.signal(number, stop)


@main.command()
def work() -> None:
    """Deliver pushes, render photos, sweep."""
    import uvloop

    from api.logs import configure_logs
    from api.worker import work as run
    from push.sender import SenderMisconfigured

    configure_logs(settings().log_level)
    with media_named():
        try:
            uvloop.run(run(settings()))
        except SenderMisconfigured as error:
            raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main(prog_name="python -m api")
