"""A phone number is proven: it is linked, or it leads back to the account that its owner had before.

Nothing of a member of staff moves, either way: a number alone would open what a password and a second factor guard.
A number that its account has not used for half a year may have been given to somebody else by the operator: it moves,
and what belonged to the account stays hidden.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from api.accounts import merging, phones
from api.accounts.errors import PhoneTaken
from api.accounts.sealing import Seals
from api.channels.texting import address_of
from api.piccolo_conf import DB
from api.reports.moving import move_reports
from media.owners import move_photos
from push.addresses import forget_contact, reach_by
from push.recipients import move_recipient

UNUSED_FOR = timedelta(days=180)  # as long as a refresh token lives
LATE = timedelta(days=1)

How = Literal["otp", "inverse", "desk"]


class Linked(msgspec.Struct, frozen=True):
    """`account` is the one that speaks from now on."""

    account: int
    is_merged: bool


async def link(account: int, number: str, how: How, seals: Seals, now: datetime) -> Linked:
    """In the caller's transaction, which uses up the proof. Raises PhoneTaken.

    The sender of an incoming message can be forged, a code sent to the phone cannot be read elsewhere: only the
    latter leads into an account that has its own reports. `desk`: an operator wrote down the number of a caller.
    """
    owner = await phones.owner_of(number, seals)
    if owner is None or owner.account == account or is_abandoned(owner, now):
        await merging.hold(account)
        await phones.link(account, number, seals, now)
        if owner is not None and owner.account != account:
            await forget_contact(owner.account, "sms", now)
        await reach_by(account, "sms", address_of(account), now)
        await merging.note(account, account, "phone-linked", now, how=how)
        return Linked(account, False)
    if owner.is_staff or how != "otp":
        raise PhoneTaken
    return await _merge(account, owner.account, now)


def is_abandoned(owner: phones.Owner, now: datetime) -> bool:
    return not owner.is_staff and now - owner.seen_at > UNUSED_FOR


async def _merge(source: int, target: int, now: datetime) -> Linked:
    parties = await merging.hold(source, target)
    if len(parties) != 2 or parties[source].is_staff or parties[source].has_phone:
        raise PhoneTaken
    await merging.join(source, target, now)
    await _move(source, target)
    await merging.note(target, source, "merged", now, joined=source)
    return Linked(target, True)


async def _move(source: int, target: int) -> None:
    photos = await move_reports(source, target)
    await move_photos(photos, source, target)
    await move_recipient(source, target)


async def move_late(now: datetime) -> None:
    """What a request that was on its way still wrote for an account that had just been joined to another."""
    for source, target in await merging.merged_since(now - LATE):
        async with DB.transaction():
            await _move(source, target)
