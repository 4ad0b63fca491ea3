"""The photo, and the states it goes through.

    expected → uploading → uploaded → ready
                  ↑           │   ↘ refused(reason)
                  └───────────┘ the bytes were not the announced ones

`hidden` is what a ready photo with `hidden_at` is called (media/photos.py); a redacted one is `uploaded` again until
it is drawn anew. `swept` comes after any of them: its bytes are gone (unfinished, unattached: until the phone sends
them again). `expected_at` is when it was announced, or when its upload last began. The migration
holds types, checks and indexes; this mirrors it.
"""

from piccolo.columns import JSONB, UUID, Array, BigInt, BigSerial, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table


class Photo(Table, tablename="photo"):
    """`id` was made by the phone, `owner` is opaque. `key` and `original` are random, so that nobody who
    holds a photo can guess where it is kept; they are made with the row, so that a second rendering
    writes over the first and leaves nothing behind."""

    id = UUID(primary_key=True)
    owner = BigInt(null=False)
    size = Integer(null=False, help_text="bytes, as announced")
    type = Text(null=False, help_text="as announced; the content decides")
    sha256 = Bytea(null=False)
    state = Text(null=False, default="expected")
    reason = Text(null=True, default=None, help_text="why it was refused, or must be sent again")
    key = Text(null=False, unique=True, help_text="secret, names the renditions")
    original = Text(null=False, unique=True, help_text="secret, names the private original")
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    facts = JSONB(null=True, default=None, help_text="media.facts.Facts")
    expected_at = Timestamptz(null=False)
    uploaded_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    lease = UUID(null=True, default=None, help_text="the rendering in progress; settles are fenced by it")
    leased_until = Timestamptz(null=True, default=None, help_text="also: not before, when a rendering is retried")
    attempts = Integer(null=False, default=0)
    hidden_at = Timestamptz(null=True, default=None)
    boxes = JSONB(null=False, default="[]", help_text="media.facts.Box: what is covered")
    stale = Array(base_column=Text(), null=False, help_text="keys whose renditions must go")
    flags = JSONB(
        null=True, default=None, help_text="media.evidence.Flag: what staff should know; none was looked for yet"
    )
    proposals = JSONB(null=True, default=None, help_text="media.facts.Box: what a detector would cover")
    dhash = BigInt(null=True, default=None, help_text="of facts; the database writes it")


class PhotoChange(Table, tablename="photo_change"):
    """Who hid, showed, covered a photo, or looked at its original. Only ever added to."""

    id = BigSerial(primary_key=True)
    photo = UUID(null=False)
    kind = Text(null=False)
    actor = BigInt(null=False)
    role = Text(null=False)
    reason = Text(null=False)
    boxes = JSONB(null=False, default="[]")
    at = Timestamptz(null=False)


class PhotoDeviceQuota(Table, tablename="photo_device_quota"):
    """The same for each device; half as much."""

    device = UUID(primary_key=True)
    hour = Timestamptz(null=False)
    photos = Integer(null=False)
    day = Date(null=False)
    bytes = BigInt(null=False)


class PhotoSweep(Table, tablename="photo_sweep"):
    """Objects that sweeps have deleted since the beginning, by kind."""

    kind = Text(primary_key=True)
    deleted = BigInt(null=False)
    at = Timestamptz(null=False)


class PhotoQuota(Table, tablename="photo_quota"):
    """What an account announced in its last hour and day; written by `photo_expect` alone."""

    owner = BigInt(primary_key=True)
    hour = Timestamptz(null=False)
    photos = Integer(null=False)
    day = Date(null=False)
    bytes = BigInt(null=False)
