"""`python -m api audit …`: proof for an inspectorate."""

import asyncio
import os
import sys
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from api.clock import wall_clock
from api.settings import read_settings

REPORT = click.option("--report", type=click.UUID, help="Only this report, by the id that the phone gave it.")


@click.group()
def audit() -> None:
    """The chains of events: check them, export them under a signature, check an export."""


@audit.command()
@REPORT
def verify(report: UUID | None) -> None:
    """Check every chain, and say where one is broken."""
    _tell(asyncio.run(_verify(report)))


@audit.command()
@click.argument("file", type=click.File("xb"))
@REPORT
def export(file: BinaryIO, report: UUID | None) -> None:
    """Write the signed export to FILE, which must be new."""
    key = signing_key(read_settings().data_dir / "audit_key.pem")
    asyncio.run(_export(file, key, report))
    click.echo(f"Written. Public key: {key.public_key().public_bytes_raw().hex()}")


@audit.command()
@click.argument("file", type=click.File("rb"))
def check(file: BinaryIO) -> None:
    """Check an export: its signature and its chains. Needs no database."""
    from api.reports.audit import NotAnExport
    from api.reports.audit import check as checked

    try:
        header, found = checked(file)
    except NotAnExport as error:
        raise click.ClickException(f"Not a sound export: {error.reason}.") from error
    click.echo(f"Signed by {header.public_key} ({header.source}) at {header.made_at}.")
    _tell(found)


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Made at the first use and kept, readable by the service alone."""
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
            os.fsync(file.fileno())
        unfinished.rename(path)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException(f"{path} is no Ed25519 key.")
    return key


def _tell(found: object) -> None:
    from api.reports.audit import Audit

    assert isinstance(found, Audit)
    click.echo(f"{found.reports} reports, {found.events} events, {len(found.broken)} faults.")
    for fault in found.broken[:100]:
        click.echo(f"report {fault.report} version {fault.version}: {fault.fault}")
    if found.broken:
        sys.exit(1)


async def _verify(report: UUID | None) -> object:
    from api.piccolo_conf import DB
    from api.reports.audit import verify as verified

    await DB.start_connection_pool(min_size=1, max_size=1)
    try:
        return await verified(report)
    finally:
        await DB.close_connection_pool()


async def _export(file: BinaryIO, key: Ed25519PrivateKey, report: UUID | None) -> None:
    from api.piccolo_conf import DB
    from api.reports.audit import export as lines

    await DB.start_connection_pool(min_size=1, max_size=1)
    try:
        async for line in lines(key, read_settings().base_url, wall_clock(), report):
            file.write(line)
    finally:
        await DB.close_connection_pool()
