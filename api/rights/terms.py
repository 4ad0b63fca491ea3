"""How long this installation keeps what, from its settings."""

from datetime import timedelta

from api.rights.retention import Terms
from api.settings import Settings


def terms_of(settings: Settings) -> Terms:
    return Terms(
        authors=timedelta(days=settings.authors_kept_days),
        notes=timedelta(days=settings.staff_notes_kept_days),
        idle=timedelta(days=settings.idle_accounts_kept_days),
    )
