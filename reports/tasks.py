"""Wake-ups of the rollup; the marks in the database are the truth."""

from celery import shared_task
from django.utils.timezone import now

from reports.services import making, publishing, rollup, saved


@shared_task
def rebuild_dirty_days() -> None:
    """Compute the marked days again; several workers share them out."""
    moment = now()
    rollup.fill_gaps(now=moment)
    rollup.rebuild_dirty_days(now=moment)


@shared_task
def extend_rollup() -> None:
    """Mark the days that lack, or are too many, and those during which something still lasts."""
    rollup.extend_rollup(now=now())


@shared_task
def make_exports() -> None:
    """Make the files that somebody waits for; one worker at a time."""
    making.make_exports(clock=now)


@shared_task
def send_saved_reports() -> None:
    """Post the reports of a month that is over, and those that somebody wants at once."""
    saved.send_saved_reports(now=now())


@shared_task
def forget_files() -> None:
    """Throw away files that are kept no longer."""
    making.forget_exports(now=now())
    saved.forget_mailed_files(now=now())


@shared_task
def publish_months() -> None:
    """Publish the months of open spaces that are not corrected any more."""
    publishing.publish_months(now=now())
