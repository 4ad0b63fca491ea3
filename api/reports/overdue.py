"""Whether a promise is broken, at the moment at which somebody reads the report."""

from datetime import datetime
from typing import TypeVar

import msgspec

from api.reports.escalation import overdue_since
from api.reports.schemas import ReportPage, ReportShown
from api.reports.worklist import Worklist

Several = TypeVar("Several", ReportPage, Worklist)


def judged(report: ReportShown, now: datetime) -> ReportShown:
    since = overdue_since(report.clocks, now)
    return msgspec.structs.replace(report, overdue=since is not None, overdue_since=since) if since else report


def all_judged(asked: Several, now: datetime) -> Several:
    return msgspec.structs.replace(asked, reports=tuple(judged(report, now) for report in asked.reports))
