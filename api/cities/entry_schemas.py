"""The entries of a city's lists, as administration writes and reads them. What refers to another names its key."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.cities.book import AgencyKind, Precision, Question, Visibility
from api.cities.promises import ResolveClass

Key = Annotated[str, Meta(pattern="^[a-z0-9]+(?:[.-][a-z0-9]+)*$", max_length=60)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
AreaCode = Annotated[str, Meta(pattern=r"^[0-9]{2}[.][0-9]{2}([.][0-9]{2}([.][0-9]{4})?)?$")]
Rank = Annotated[int, Meta(ge=0, le=9999)]
Questions = Annotated[tuple[Question, ...], Meta(max_length=20)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Fields that were not sent are left as they are."""

    def sent(self) -> dict[str, object]:
        found = {name: getattr(self, name) for name in self.__struct_fields__ if name != "city"}
        return {name: value for name, value in found.items() if value is not UNSET}


class NewAgency(Body, frozen=True):
    city: str
    key: Key
    name: Title
    kind: AgencyKind = "agency"
    parent: str | None = None


class AgencyPatch(Body, frozen=True):
    name: Title | UnsetType = UNSET
    kind: AgencyKind | UnsetType = UNSET
    parent: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET


class AgencyListed(msgspec.Struct, frozen=True):
    id: int
    key: str
    name: str
    kind: str
    parent: str | None
    active: bool


class NewGroup(Body, frozen=True):
    city: str
    key: Key
    name_id: Title
    name_en: Title
    rank: Rank = 100


class GroupPatch(Body, frozen=True):
    name_id: Title | UnsetType = UNSET
    name_en: Title | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET


class GroupListed(msgspec.Struct, frozen=True):
    id: int
    key: str
    name_id: str
    name_en: str
    rank: int


class NewCategory(Body, frozen=True):
    city: str
    key: Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    group: str
    name_id: Title
    name_en: Title
    resolve_class: ResolveClass = "normative"
    needs_evidence: bool = True
    is_emergency: bool = False
    private_place: bool = False
    precision_m: Precision | None = None
    default_visibility: Visibility = "public"
    questions: Questions = ()
    rank: Rank = 100


class CategoryPatch(Body, frozen=True):
    group: str | UnsetType = UNSET
    name_id: Title | UnsetType = UNSET
    name_en: Title | UnsetType = UNSET
    resolve_class: ResolveClass | UnsetType = UNSET
    needs_evidence: bool | UnsetType = UNSET
    is_emergency: bool | UnsetType = UNSET
    private_place: bool | UnsetType = UNSET
    precision_m: Precision | UnsetType | None = UNSET
    default_visibility: Visibility | UnsetType = UNSET
    questions: Questions | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class CategoryListed(msgspec.Struct, frozen=True):
    id: int
    key: str
    group: str
    name_id: str
    name_en: str
    resolve_class: ResolveClass
    needs_evidence: bool
    is_emergency: bool
    private_place: bool
    precision_m: Precision | None
    default_visibility: Visibility
    questions: tuple[Question, ...]
    rank: int
    active: bool


class NewRule(Body, frozen=True):
    """Without category and group: for any matter; without area: in the whole city."""

    city: str
    agency: str
    category: str | None = None
    group: str | None = None
    area: AreaCode | None = None


class RulePatch(Body, frozen=True):
    agency: str | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    group: str | UnsetType | None = UNSET
    area: AreaCode | UnsetType | None = UNSET


class RuleListed(msgspec.Struct, frozen=True):
    id: int
    agency: str
    category: str | None
    group: str | None
    area: str | None

    @property
    def key(self) -> str:
        return f"{self.category or self.group or '*'} @ {self.area or '*'}"
