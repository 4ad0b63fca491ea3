"""What a phone shows of a notification."""

from typing import Any
from uuid import UUID

import pytest

from api.reports.rendering import render
from push.ledger import Notification
from tests.people import NOON

REPORT, OTHER = UUID(int=7), UUID(int=8)


def said(kind: str, **params: Any) -> Notification:
    facts = {"tracking_id": "2ABC3DEF", "state": "resolved", "language": "id", **params}
    return Notification(
        mid=UUID(int=1), recipient=1, subject=REPORT, rev=3, kind=kind, params=facts, created_at=NOON, valid_until=NOON
    )


@pytest.mark.parametrize(
    ("notification", "channel", "urgency", "page"),
    [
        (said("report.changed"), "reports", "normal", f"/lapor#/laporan/{REPORT}"),
        (
            said(
                "photo.refused",
                reason="truncated",
                report=str(OTHER),
            ),
            "reports",
            "normal",
            f"/lapor#/laporan/{OTHER}",
        ),
        (said("report.followed"), "followed", "low", f"/lapor#/laporan/{REPORT}"),
        (said("digest", count=3), "followed", "low", "/lapor"),
        (said("report.assigned"), "work", "normal", "/petugas"),
        (said("report.arrived"), "work", "normal", "/meja"),
        (said("announcement", title="a", body="b", urgent=False), "announcements", "normal", "/lapor"),
        (said("announcement", title="a", body="b", urgent=True), "alarm", "high", "/lapor"),
    ],
    ids=lambda value: value.kind if isinstance(value, Notification) else None,
)
def test_each_kind_has_its_channel_and_its_page(notification: Notification, channel: str, urgency: str, page: str):
    text = render(notification, "https://lapor.example")
    assert (text.channel, text.urgency, text.link) == (channel, urgency, f"https://lapor.example{page}")


def test_a_text_message_leads_to_a_page_without_signing_in():
    assert render(said("report.changed"), "https://lapor.example").public_link == "https://lapor.example/lacak/2ABC3DEF"
    assert render(said("report.arrived"), "https://lapor.example").public_link is None


def test_a_site_without_https_has_no_links():
    text = render(said("report.changed"), "http://127.0.0.1:8000")
    assert (text.link, text.public_link) == (None, None)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", ["report.followed", "report.assigned", "report.arrived_here", "report.bounced_again"])
def test_words_are_filled(kind: str, language: str):
    text = render(said(kind, language=language, agency="Dinas PUPR"))
    assert "2ABC-3DEF" in text.title
    assert "{" not in text.title + text.body
