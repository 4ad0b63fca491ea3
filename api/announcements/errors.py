"""What this room refuses, as facts."""


class AnnouncementNotFound(Exception):
    """Unknown, or of a city that is not this speaker's."""


class AnnouncementDiffers(Exception):
    """The id stands for another announcement."""


class OwnAnnouncement(Exception):
    """Whoever wrote it may not release it."""


class AnnouncementNotOpen(Exception):
    """It was released or withdrawn before, or its time is over."""

    def __init__(self, state: str) -> None:
        super().__init__(f"announcement is {state}")
        self.state = state
