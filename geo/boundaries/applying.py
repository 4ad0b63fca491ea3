"""Makes examined boundaries the current ones of their regencies."""

import datetime as dt

import msgspec
import shapely

from geo.boundaries.examining import Examination
from geo.drawings import redraw
from geo.editions import Version, load
from geo.engine import engine
from geo.outlines import Progress
from geo.refit import refit


class Applied(msgspec.Struct, frozen=True):
    """`refitted` approximate neighbours got other land."""

    version_id: int
    villages: int
    refitted: int


async def apply(examination: Examination, version: Version, now: dt.datetime, progress: Progress) -> Applied:
    """In one transaction. Raises VersionExists; then nothing has changed."""
    async with engine().transaction():
        version_id = await load(version, examination.villages, now, progress)
        refitted = await refit(progress, shapely.box(*shapely.total_bounds(examination.villages.shapes)))
        await redraw(progress)
    return Applied(version_id, len(examination.villages.codes), refitted)
