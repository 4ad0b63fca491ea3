"""Every setting: its environment variable, unit and default. Nobody else reads the environment."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from push.subscription import SERVICES

PEER = re.compile(r"([^=]+)=(.+):([0-9]{1,5})")


class SettingsIncomplete(Exception):
    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Field `x` is environment variable `X`. `.env.example` explains each to the operator."""

    database_url: str
    data_dir: Path = Path(".local")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    media_url: str = ""
    original_kept_days: int = 365
    authors_kept_days: int = 5 * 365
    staff_notes_kept_days: int = 2 * 365
    idle_accounts_kept_days: int = 365
    photo_detector: str = ""
    photo_detector_holds: bool = False
    secrets_key_file: str = ""
    sms_number: str = ""
    sms_inbound_secret: str = ""
    firebase_project: str = ""
    firebase_keys_url: str = ""
    fcm_service_account: str = ""
    fcm_ca: str = ""
    fcm_resolve: str = ""
    sms_url: str = ""
    sms_method: Literal["get", "post"] = "get"
    smtp_url: str = ""
    mail_from: str = ""
    outside_ca: str = ""
    webpush_services: str = ""
    webpush_peers: str = ""
    ledger_kept_days: int = 365
    announcement_alone_up_to: int = 500
    basemap_url: str = ""
    basemap_attribution: str = ""
    database_pool: int = 10
    log_level: str = "INFO"

    @property
    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def photo_store_url(self) -> str:
        return self.media_url or (self.data_dir.absolute() / "photos").as_uri()

    @property
    def secrets_key_path(self) -> Path:
        return Path(self.secrets_key_file) if self.secrets_key_file else self.data_dir.absolute() / "secrets.key"

    @property
    def fcm_peer(self) -> tuple[str, int] | None:
        """Where to reach FCM instead of by its name."""
        host, _, port = self.fcm_resolve.rpartition(":")
        return (host, int(port)) if host else None

    @property
    def browser_services(self) -> tuple[str, ...]:
        """The hosts that a browser's endpoint may be at."""
        return (*SERVICES, *self.webpush_services.replace(",", " ").split())

    @property
    def browser_peers(self) -> dict[str, tuple[str, int]]:
        """By name of the host: where to reach it instead. Raises SettingsIncomplete."""
        peers = {}
        for entry in self.webpush_peers.replace(",", " ").split():
            found = PEER.fullmatch(entry)
            if not found:
                raise SettingsIncomplete([f"WEBPUSH_PEERS: {entry} is not of the form host=ip:port"])
            peers[found[1]] = (found[2], int(found[3]))
        return peers

    @property
    def spool_dir(self) -> Path:
        return self.data_dir.absolute() / "spool"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Raises SettingsIncomplete that names every missing or unreadable variable at once."""
    source = os.environ if environment is None else environment
    values: dict[str, object] = {}
    faults: list[str] = []
    for field in msgspec.structs.fields(Settings):
        name = field.name.upper()
        if not source.get(name):
            if field.required:
                faults.append(f"{name} is not set")
            continue
        try:
            values[field.name] = (
                Path(source[name]) if field.type is Path else msgspec.convert(source[name], field.type, strict=False)
            )
        except msgspec.ValidationError as error:
            faults.append(f"{name}: {error}")
    if source.get("FIREBASE_AUTH_EMULATOR_HOST"):
        faults.append("FIREBASE_AUTH_EMULATOR_HOST is set: libraries would believe forged sign-ins; take it away")
    if faults:
        raise SettingsIncomplete(faults)
    return Settings(**values)  # type: ignore[arg-type]
