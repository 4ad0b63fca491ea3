"""Taking words and photos out of a report for good: its reporter their own, the city whatever tells too much.

What is erased is gone from the report, from its events and from every later export. The chain covers digests of salted
words; the salts are erased with the words, so that the chain still holds and nobody can try words against it.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from api.catalogue import text
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.permits import Permit, Standing
from api.reports.publishing import HIDES
from api.reports.schemas import Redaction
from api.reports.steps import Step
from media import changes, photos

REDACTS: frozenset[Standing] = HIDES | {"reporter"}


async def redact(asked: Asked) -> Step:
    """Raises FieldRefused, NotAllowed. A resident who only commented may redact the own comments."""
    wanted = asked.event.redact
    if wanted is None or wanted == Redaction():
        raise FieldRefused("redact", "needs-redact")
    only_events = wanted == Redaction(events=wanted.events)
    permit = asked.permit(REDACTS | {"resident"} if only_events else REDACTS)
    written = redacted(asked.row.text, wanted, permit.standing)
    await _erase_events(asked, wanted.events, None if permit.standing in HIDES else asked.speaker.account)
    await _hide_photos(asked, wanted.photos, permit)
    answers = "{}" if wanted.answers else asked.row.answers
    address = "" if wanted.address else asked.row.address
    if (written, address, answers) != (asked.row.text, asked.row.address, asked.row.answers):
        await DB.fetch(REWRITE, asked.row.id, written, address, answers, list(OF_THE_REPORT))
    row = msgspec.structs.replace(asked.row, text=written, address=address, answers=answers)
    return asked.step(permit, row).with_details(**_outline(wanted))


def redacted(written: str, wanted: Redaction, standing: str) -> str:
    """With a mark in place of each range, or of everything. Raises FieldRefused."""
    mark = text("redacted.reporter" if standing == "reporter" else "redacted.staff", "id")
    if wanted.text:
        return mark
    kept, at = [], 0
    for start, end in sorted(wanted.ranges):
        if not at <= start < end <= len(written):
            raise FieldRefused("redact.ranges", "redact-range", length=len(written))
        kept += [written[at:start], mark]
        at = end
    return "".join([*kept, written[at:]])


def _outline(wanted: Redaction) -> dict[str, object]:
    """What was touched, for the event: never a word of it."""
    fields = [name for name in ("text", "address", "answers") if getattr(wanted, name)]
    return {
        "fields": [*fields, "text"] if wanted.ranges and not wanted.text else fields,
        "events": [str(event) for event in wanted.events],
        "photos": [str(photo) for photo in wanted.photos],
    }


# Seals of words that stand on the report itself.
OF_THE_REPORT = ("body_sha256", "text", "address", "answers")

REWRITE = """
-- the report without the words, and without the digest of the body that had them
WITH rewritten AS (
    UPDATE report SET text = $2, address = $3, answers = $4::jsonb, body_sha256 = '',
        text_digest = NULL WHERE id = $1
)
-- their salts go too; each event has at least the seals that it keeps
UPDATE report_event AS e SET seals = (
    SELECT jsonb_object_agg(s.key, CASE WHEN s.key = ANY($5::text[])
        THEN jsonb_build_array(NULL, s.value->1) ELSE s.value END)
    FROM jsonb_each(e.seals) AS s)
WHERE e.report = $1 AND e.seals ?| $5::text[]
"""

ERASE = """
-- words, and the salts of their digests; $3: only what this account has said
UPDATE report_event AS e SET note = '', reason = '', internal_note = '', seals = coalesce((
    SELECT jsonb_object_agg(s.key, CASE WHEN s.key = ANY($4::text[])
        THEN jsonb_build_array(NULL, s.value->1) ELSE s.value END)
    FROM jsonb_each(e.seals) AS s), e.seals)
WHERE e.report = $1 AND e.client_id = ANY($2::uuid[]) AND ($3::bigint IS NULL OR e.actor = $3)
RETURNING e.client_id
"""
IN_EVENTS = ("note", "reason", "internal_note")


async def _erase_events(asked: Asked, events: Sequence[UUID], account: int | None) -> None:
    if not events:
        return
    erased = await DB.fetch(ERASE, asked.row.id, list(events), account, list(IN_EVENTS))
    if missing := set(events) - {row["client_id"] for row in erased}:
        raise FieldRefused("redact.events", "redact-event", event=min(missing))


async def _hide_photos(asked: Asked, named: Sequence[UUID], permit: Permit) -> None:
    known = {photo for photo, purpose in asked.row.named_photos if purpose == "report" or permit.standing in HIDES}
    if missing := set(named) - known:
        raise FieldRefused("redact.photos", "redact-photo", photo=min(missing))
    if not named:
        return
    await photos.hide(named, asked.now)
    for photo in named:
        actor, role, reason = asked.speaker.account, permit.standing, asked.event.reason
        said = changes.Change(photo=photo, kind="hide", actor=actor, role=role, reason=reason, at=asked.now)
        await changes.record(said)
