"""Who has no app is spoken for: the operator who hears them says it, and the event tells both.

Such an event has the role of the reporter, the operator as its actor and the operator's grant; `on_behalf` stands in
its details, and so in the chain.
"""

from api.reports.permits import Permit
from api.reports.schemas import Channel
from api.reports.status import Kind

HEARD_BY_STAFF: frozenset[Channel] = frozenset({"desk", "call_112", "sms", "whatsapp", "lapor"})
SAID_FOR_OTHERS: frozenset[Kind] = frozenset({"answer", "withdraw", "confirm", "dispute", "appeal"})


def spoken_for(held: tuple[Permit, ...], channel: Channel) -> tuple[Permit, ...]:
    """An operator's permits, with the reporter's voice where the reporter came by telephone or to the desk."""
    own = any(permit.standing == "reporter" for permit in held)
    grants = [permit.grant for permit in held if permit.standing == "operator"]
    if own or not grants or channel not in HEARD_BY_STAFF:
        return held
    return (*held, Permit("reporter", grants[0]))


def is_on_behalf(permit: Permit) -> bool:
    return permit.standing == "reporter" and permit.grant is not None
