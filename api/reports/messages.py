"""What a person is told: from the facts of a notification to words. Pure."""

from collections.abc import Mapping
from typing import Any

from api.catalogue import Language, entries, text
from api.reports.tracking import shown


def words(kind: str, params: Mapping[str, Any], language: Language) -> tuple[str, str]:
    """Title and body of a notification of this kind."""
    facts = dict(params)
    if "tracking_id" in params:
        facts["tracking_id"] = shown(str(params["tracking_id"]))
    if "state" in params:
        facts["state_name"] = text(f"state.{params['state']}", language)
    if "reason" in params:
        facts["words"] = text(f"photo.{params['reason']}", language)
    if "clock" in params:
        facts["clock_name"] = text(f"clock.{params['clock']}", language)
    body = f"message.{kind}.body_agency"
    if not params.get("agency") or body not in entries():
        body = f"message.{kind}.body"
    return text(f"message.{kind}.title", language, **facts), text(body, language, **facts)
