"""An account is erased: who it was at once and in one transaction, then its reports one by one.

Whoever is killed between two reports leaves a row of `erasure` that is not finished; the worker goes on from there. It
comes back for a day, for what a request that was on its way still wrote.
"""

from datetime import datetime, timedelta

from api.accounts import erasing
from api.accounts.errors import NotAllowed
from api.accounts.merging import note
from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports import forgetting
from media.owners import forget_owners
from push.recipients import forget_recipients

AT_ONCE = 20  # reports: what a request may take; the worker does the rest
LATE = timedelta(days=1)

ASKED = """
-- the first wish stands; a later one may only ask for more
INSERT INTO erasure (account, redact_reports, asked_at) VALUES ($1, $2, $3)
ON CONFLICT (account) DO UPDATE SET redact_reports = erasure.redact_reports OR EXCLUDED.redact_reports
"""


async def begin(account: int, now: datetime, *, redact_reports: bool, by: int | None = None) -> None:
    """Who it was is gone when this returns; `by`: the administrator who erases staff. Raises NotAllowed."""
    async with DB.transaction():
        trace = await _forget_person(account, now)
        if trace.is_staff and by is None:
            raise NotAllowed("erase an account of staff")
        await DB.fetch(ASKED, account, redact_reports, now)
        if by is not None:
            await note(account, by, "account-erased", now)


SUBSCRIPTIONS = """
WITH exports AS (DELETE FROM own_export WHERE account = ANY($1::bigint[])),
blocks AS (DELETE FROM block WHERE account = ANY($1::bigint[]))
DELETE FROM area_subscription WHERE account = ANY($1::bigint[])
"""


async def _forget_person(account: int, now: datetime) -> erasing.Trace:
    """Everything but what stands in reports. In the caller's transaction; the same again changes nothing."""
    trace = await erasing.hold(account)
    await forget_recipients(trace.accounts)
    await forget_owners(trace.accounts, trace.devices)
    await forgetting.forget_followings(trace.accounts)
    await DB.fetch(SUBSCRIPTIONS, list(trace.accounts))
    await erasing.forget(trace, now)
    return trace


WISH = "SELECT redact_reports FROM erasure WHERE account = $1"
FINISHED = "UPDATE erasure SET finished_at = $2 WHERE account = $1 AND finished_at IS NULL"
JOINED = "SELECT id FROM account WHERE id = $1 OR merged_into = $1"


async def go_on(account: int, cities: CityBook, now: datetime, at_once: int = AT_ONCE) -> bool:
    """A round over the account's words; True when there may be more."""
    wish = (await DB.fetch(WISH, account))[0]
    accounts = [row["id"] for row in await DB.fetch(JOINED, account)]
    comments = await forgetting.forget_comments(accounts)
    reports = await forgetting.own_reports(account, at_once)
    for report in reports:
        await forgetting.forget(report, "erasure", cities, now, all_words=wish["redact_reports"])
    if len(reports) == at_once or comments:
        return True
    await DB.fetch(FINISHED, account, now)
    return False


UNFINISHED = """
SELECT account FROM erasure WHERE finished_at IS NULL ORDER BY asked_at LIMIT 10
"""


async def erase_rest(cities: CityBook, now: datetime) -> bool:
    """What a killed process or a long list of reports left; True when there may be more."""
    rows = await DB.fetch(UNFINISHED)
    return any([await go_on(row["account"], cities, now) for row in rows])


LATELY = "SELECT account FROM erasure WHERE asked_at > $1"


async def erase_late(cities: CityBook, now: datetime) -> None:
    """What a request that was on its way still wrote for an account that had just been erased."""
    for row in await DB.fetch(LATELY, now - LATE):
        async with DB.transaction():
            await _forget_person(row["account"], now)
        await go_on(row["account"], cities, now)
