"""What a feature says it is, in the words of the offices that publish such files (pure).

Known: plain `code`/`name`, Indonesian `kode`/`nama`, Badan Informasi Geospasial's RBI (KDEPUM, NAMOBJ, WADMKC …),
and names of columns seen in cities' own files. BPS codes look alike and are other numbers: they are refused.
"""

import re

import msgspec

from geo.areas import local_term
from geo.boundaries.files import Properties

CODE = ("code", "kode", "kode_kemendagri", "kemendagri", "kdepum", "kode_kd", "kode_desa", "kode_kel", "kode_wilayah")
NAME = ("name", "nama", "namobj", "wadmkd", "nama_desa", "nama_kel", "desa", "kelurahan", "nagari", "village")
DISTRICT = ("district", "kecamatan", "nama_kec", "wadmkc")
REGENCY = ("regency", "kabupaten", "kota", "nama_kab", "kabkot", "wadmkk")
TERM = ("local_term", "type", "tipe", "jenis")

VILLAGE_TERMS = frozenset({"kelurahan", "desa", "nagari", "gampong", "kampung", "kalurahan", "pekon", "negeri"})
CODE_PATTERN = re.compile(r"\d\d\.\d\d(\.\d\d(\.[1-9]\d{3})?)?")


class Attributes(msgspec.Struct, frozen=True):
    """`code` is None when there is none that Kemendagri could have given; `written` is then what stood there."""

    code: str | None
    name: str
    district: str
    regency: str
    term: str
    written: str


def attributes(properties: Properties) -> Attributes:
    values = {str(key).strip().lower(): value for key, value in properties.items()}
    written = _first(values, CODE)
    code, name = code_of(written), _first(values, NAME)
    term = _first(values, TERM).lower()
    return Attributes(
        code=code,
        name=name,
        district=_first(values, DISTRICT),
        regency=_first(values, REGENCY),
        term=term if term in VILLAGE_TERMS else local_term(code, name) if code else "",
        written=written,
    )


def _first(values: Properties, keys: tuple[str, ...]) -> str:
    """The first of these that is filled, as text without odd spaces; a number that a table made of a code, whole."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, float):
            value = str(int(value)) if value.is_integer() else None  # NaN is a shapefile's null
        if value is not None and str(value).strip():
            return " ".join(str(value).split())
    return ""


def code_of(written: str) -> str | None:
    """ "3276011001" and "32.76.01.1001" are the same; a serial from 0 is BPS's, and anything else no code."""
    digits = written.replace(".", "")
    if digits.isdecimal() and digits.isascii() and len(digits) in (4, 6, 10):
        dotted = ".".join(part for part in (digits[:2], digits[2:4], digits[4:6], digits[6:]) if part)
        if written in (digits, dotted) and CODE_PATTERN.fullmatch(dotted):
            return dotted
    return None


_ODD = re.compile(r"[^a-z0-9]")


def are_alike(name: str, other: str) -> bool:
    """The same name but for case, spaces and signs."""
    return _ODD.sub("", name.lower()) == _ODD.sub("", other.lower())
