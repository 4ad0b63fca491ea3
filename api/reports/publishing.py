"""Taking a report or a comment away from the public, and giving it back."""

import msgspec

from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.corrections import rerouted
from api.reports.holding import is_held
from api.reports.permits import Standing
from api.reports.steps import Step

HIDES: frozenset[Standing] = frozenset({"coordinator", "area_head", "operator", "admin"})


async def hide(asked: Asked) -> Step | None:
    """The report, or with `event` a comment on it. None when it is not public anyway."""
    if not asked.event.reason:
        raise FieldRefused("reason", "needs-reason")
    if asked.event.event is not None:
        return await _show_comment(asked, is_hidden=True)
    return await _appear(asked, "public", "hidden")


async def unhide(asked: Asked) -> Step | None:
    """What was hidden, or with `event` a comment that waits. What was held goes where the rules send it."""
    if asked.event.event is not None:
        return await _show_comment(asked, is_hidden=False)
    step = await _appear(asked, "hidden", "public")
    waited = is_held(asked.row.routing_reason, is_triaged=asked.row.triaged_at is not None)
    return rerouted(step, asked) if step and waited else step


VISIBLE = "UPDATE report SET visibility = $2 WHERE id = $1"


async def _appear(asked: Asked, before: str, after: str) -> Step | None:
    permit = asked.permit(HIDES)
    if asked.row.visibility != before:
        return None
    await DB.fetch(VISIBLE, asked.row.id, after)
    return asked.step(permit, msgspec.structs.replace(asked.row, visibility=after))


COMMENT = "SELECT is_hidden FROM report_event WHERE report = $1 AND client_id = $2 AND kind = 'comment'"
SHOWN = "UPDATE report_event SET is_hidden = $3 WHERE report = $1 AND client_id = $2"


async def _show_comment(asked: Asked, is_hidden: bool) -> Step | None:
    permit, named = asked.permit(HIDES), asked.event.event
    found = await DB.fetch(COMMENT, asked.row.id, named)
    if not found:
        raise FieldRefused("event", "comment-unknown")
    if found[0]["is_hidden"] == is_hidden:
        return None
    await DB.fetch(SHOWN, asked.row.id, named, is_hidden)
    return asked.step(permit)


RESTRICTED_BY = """
-- who made it restricted: staff with this kind of event, or nobody but the reporter
SELECT details->>'from_visibility' AS before FROM report_event
WHERE report = $1 AND kind = 'visibility' AND details->>'to_visibility' = 'restricted' ORDER BY version DESC LIMIT 1
"""


async def restrict(asked: Asked) -> Step | None:
    """From public to restricted, and back only what staff had restricted: the reporter's own choice stands."""
    permit, wanted = asked.permit(HIDES), asked.event.visibility
    before = asked.row.visibility
    if wanted == before:
        return None
    if wanted == "public":
        restricted = await DB.fetch(RESTRICTED_BY, asked.row.id)
        if before != "restricted" or not restricted:
            raise FieldRefused("visibility", "visibility-stays")
    elif wanted != "restricted" or before == "secret":
        raise FieldRefused("visibility", "visibility-stays")
    if not asked.event.reason:
        raise FieldRefused("reason", "needs-reason")
    await DB.fetch(VISIBLE, asked.row.id, wanted)
    row = msgspec.structs.replace(asked.row, visibility=wanted)
    return asked.step(permit, row).with_details(from_visibility=before, to_visibility=wanted)
