"""From a notification to what a phone shows: its words, its page, and how loud it may be. Pure."""

from collections.abc import Mapping
from typing import Any, Literal

from api.catalogue import Language
from api.reports.messages import words
from push.ledger import Notification
from push.sender import Text

# Of Android; each app names them to its owner in words. `alarm` is what rings at night.
Channel = Literal["reports", "followed", "work", "announcements", "alarm"]
OWN = frozenset({"report.received", "report.changed", "report.commented", "photo.refused", "photo.swept"})
FOLLOWED = frozenset({"report.followed", "digest"})
OF_OFFICERS = frozenset({"report.assigned", "report.answered", "report.disputed"})


def render(said: Notification, base_url: str = "") -> Text:
    """In the language that the params name. Pages only of a site with https: the services take no other."""
    language: Language = "en" if said.params.get("language") == "en" else "id"
    title, body = words(said.kind, said.params, language)
    channel, has_pages = channel_of(said.kind, said.params), base_url.startswith("https://")
    return Text(
        title=title,
        body=body,
        is_urgent=channel == "alarm",
        is_quiet=channel == "followed",
        channel=channel,
        link=base_url + page_of(said) if has_pages else None,
        public_link=f"{base_url}/lacak/{said.params['tracking_id']}" if has_pages and said.kind in OWN else None,
    )


def channel_of(kind: str, params: Mapping[str, Any]) -> Channel:
    if kind == "announcement":
        return "alarm" if params.get("urgent") is True else "announcements"
    if kind in OWN:
        return "reports"
    return "followed" if kind in FOLLOWED else "work"


def page_of(said: Notification) -> str:
    """The app of who is told it."""
    report = said.params.get("report", said.subject)
    if said.kind in OWN or said.kind == "report.followed":
        return f"/lapor#/laporan/{report}"
    if said.kind in ("announcement", "digest"):
        return "/lapor"
    return "/petugas" if said.kind in OF_OFFICERS else "/meja"
