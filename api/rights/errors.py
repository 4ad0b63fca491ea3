"""What this room can refuse."""


class ExportsUsedUp(Exception):
    """Today's copies of the own data have been taken."""

    def __init__(self, limit: int, retry_after_s: int) -> None:
        super().__init__(f"more than {limit} copies a day")
        self.limit, self.retry_after_s = limit, retry_after_s


class BlockUnknown(Exception):
    """No such block, or not one of yours."""
