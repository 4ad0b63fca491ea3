"""Taking a step, and whatever follows from it: on this report, on one that it is bound to."""

from api.reports.limits import judge
from api.reports.parts import after_part
from api.reports.steps import Step, write


async def take(step: Step) -> None:
    """In the caller's transaction, which holds the report's lock. Raises EventDiffers."""
    await write(step)
    if step.moves:
        await judge(step.row.account, step.row.state, step.to, step.event.reason)
    for following in await step.then() if step.then else ():
        await take(following)
    if step.moves and step.row.parent is not None and (derived := await after_part(step)):
        await take(derived)
