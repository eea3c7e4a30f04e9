"""Wake-ups of the rollup; the marks in the database are the truth."""

from celery import shared_task
from django.utils.timezone import now

from reports.services import rollup


@shared_task
def rebuild_dirty_days() -> None:
    """Compute the marked days again; several workers share them out."""
    rollup.rebuild_dirty_days(now=now())


@shared_task
def extend_rollup() -> None:
    """Mark the days ahead, and those during which something still lasts."""
    rollup.extend_rollup(now=now())
