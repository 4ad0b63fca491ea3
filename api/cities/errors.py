"""What administration can refuse."""


class EntryUnknown(Exception):
    """No such agency, category, rule or the like; or not in a city that the speaker may see."""


class MatchMissing(Exception):
    """A change that does not say which version of the entry it was made for (If-Match)."""


class MatchFailed(Exception):
    """Somebody changed the entry in between. `current`: its ETag now."""

    def __init__(self, current: str) -> None:
        super().__init__("the entry was changed in between")
        self.current = current


class StillInUse(Exception):
    """Something else names the entry: that must be moved first."""
