"""Reports that are mailed: kept, sent at once, and sent when a month is over.

Once for each report, month and reader, however often and however late a job looks: the key of
each message says which it is, and the outbox takes a key once. The files are made first, each
under a name of its own, and all readers of a month are told at once, so that a worker that is
killed leaves nothing half told. Only then it is noted how far everybody was told: what was due
while no worker ran is still to come, what was due before somebody joined is not.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import override

from members.models import Member
from notifications import outbox
from notifications.alone import alone
from notifications.models import Message
from reports.exports.naming import filename_of
from reports.exports.writing import written
from reports.filters import Filters, FiltersForm, Period, UnknownScope
from reports.lasting import scope_kept
from reports.models import SavedReader, SavedReport
from reports.moving import due_months, mailed_at, month_begin, months_before
from reports.notices import saved_report
from reports.printing.report import value_of
from reports.queries.offered import workplace_of
from reports.queries.readers import readers_of
from reports.queries.shown import parts_asked_for, shown_to
from reports.queries.usage import report_of
from reports.states import Content, Format

logger = logging.getLogger(__name__)

LOCK = 0x0E7AB0F2
MAILED = (Format.PDF, Format.XLSX)
FILES_KEPT = timedelta(days=35)
FOLDER = "reports"


@dataclass(frozen=True, slots=True)
class _Mailing:
    """What is to be told of one period, to whom, under which keys."""

    saved: SavedReport
    filters: Filters
    label: str
    readers: dict[str, Member]


@transaction.atomic
def keep_saved_report(
    saved: SavedReport, *, recipients: Iterable[Member], now: datetime
) -> SavedReport:
    """Write a new or changed report and who gets it: from the next first of a month.

    So does who joins it, and everybody when it tells of another period.
    """
    kept = SavedReport.objects.select_for_update().filter(pk=saved.pk).first()
    saved.save()
    saved.recipients.set(recipients, through_defaults={"after": now})
    if kept is not None and kept.moving != saved.moving:
        saved.readers.update(after=now)
    return saved


@transaction.atomic
def delete_saved_report(saved: SavedReport) -> None:
    """Send it to nobody any more, what waits included."""
    outbox.withdraw(subject_key=saved.subject_key)
    saved.delete()


def ask_to_send(saved: SavedReport, *, now: datetime) -> None:
    """Have the last period sent to everybody at once, by the next job."""
    SavedReport.objects.filter(pk=saved.pk).update(asked_at=now)


def send_saved_reports(*, now: datetime) -> int:
    """Make and post every report that is due and was not posted; how many messages.

    What cannot be made is logged, and does not hold up the others.
    """
    posted = 0
    with alone(LOCK) as is_ours:
        for saved in SavedReport.objects.prefetch_related("readers") if is_ours else ():
            try:
                posted += _send(saved, now)
            except Exception:
                logger.exception("The saved report %s could not be sent", saved.pk)
                continue
            if saved.asked_at is not None:
                asked = SavedReport.objects.filter(pk=saved.pk, asked_at=saved.asked_at)
                asked.update(asked_at=None)
    return posted


def filters_of(saved: SavedReport, *, first: date, last: date, now: datetime) -> Filters | None:
    """What it tells of a period; None where its scope is gone."""
    try:
        scope = scope_kept(saved.scope)
    except UnknownScope:
        return None
    query = QueryDict(saved.options, mutable=True)
    query["scope"] = scope.key
    query["from"], query["until"] = first.isoformat(), last.isoformat()
    form = FiltersForm(query, now=now)
    return form.filters if form.is_valid() else None


def last_period(saved: SavedReport, *, today: date) -> Period:
    """The period that it would tell of on a date."""
    return Period(*months_before(today, saved.moving))


def _send(saved: SavedReport, now: datetime) -> int:
    """Tell of the months that are due and of what was asked for; how many messages."""
    filters = filters_of(saved, first=now.date(), last=now.date(), now=now)
    if filters is None:
        return 0
    rows = saved.readers.all()
    oldest = min((row.after for row in rows), default=now)
    months = list(due_months(oldest, now, filters.scope.zone))
    posted = sum(_post(mailing, now) for mailing in _mailings(saved, filters, months, now))
    if months:
        # Who may not read it now was not told, and shall not be once they may.
        looked_at = SavedReader.objects.filter(pk__in=[row.pk for row in rows], after__lt=now)
        looked_at.update(after=now)
    return posted


def _mailings(
    saved: SavedReport, filters: Filters, months: Iterable[date], now: datetime
) -> Iterator[_Mailing]:
    """The mailings of which somebody has not been told yet."""
    zone = filters.scope.zone
    after = {row.member_id: row.after for row in saved.readers.all()}
    readers = list(readers_of(filters.scope).filter(pk__in=after))
    this_month = month_begin(now.astimezone(zone).date())
    told: set[int] = set()
    for month in months:
        due = [reader for reader in readers if after[reader.pk] < mailed_at(month, zone)]
        keys = {f"{saved.subject_key}:{month.isoformat()}:{reader.pk}": reader for reader in due}
        yield from _untold(saved, filters, month, keys)
        if month == this_month:
            told.update(reader.pk for reader in due)
    if saved.asked_at is not None:
        # What is due and asked for comes once.
        asked = f"{this_month.isoformat()}:{saved.asked_at.isoformat()}"
        keys = {
            f"{saved.subject_key}:{asked}:{reader.pk}": reader
            for reader in readers
            if reader.pk not in told
        }
        yield from _untold(saved, filters, this_month, keys)


def _untold(
    saved: SavedReport, filters: Filters, month: date, keys: dict[str, Member]
) -> Iterator[_Mailing]:
    """What is to be told on the first of a month, unless nobody is left to be told."""
    new = outbox.unknown(keys)
    if new:
        period = Period(*months_before(month, saved.moving))
        label = f"{period.first.isoformat()}_{period.last.isoformat()}"
        readers = {key: reader for key, reader in keys.items() if key in new}
        yield _Mailing(saved, filters.but(period=period), label, readers)


def _post(mailing: _Mailing, now: datetime) -> int:
    """Make the files in each language, then post the messages all at once."""
    by_language: dict[str, list[tuple[str, Member]]] = defaultdict(list)
    for key, reader in mailing.readers.items():
        by_language[reader.language].append((key, reader))
    messages: list[Message] = []
    for language, letters in by_language.items():
        with override(language):
            messages += _drafts_in(language, mailing, letters, now)
    outbox.post(*messages)
    return len(mailing.readers)


def _drafts_in(
    language: str, mailing: _Mailing, letters: Sequence[tuple[str, Member]], now: datetime
) -> Iterator[Message]:
    report = report_of(mailing.filters)
    figures = {
        "use_rate": value_of("use_rate", report.totals),
        "booked_rate": value_of("booked_rate", report.totals),
        "used_hours": value_of("used_h", report.totals),
    }
    made: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for key, reader in letters:
        shown = shown_to(workplace_of(reader), report)
        parts = tuple(each.scope.key for each in shown.parts)
        if parts not in made:
            said = "\n".join([mailing.filters.query, *parts])
            digest = hashlib.sha256(said.encode()).hexdigest()[:16]
            place = f"{FOLDER}/{mailing.saved.pk}/{mailing.label}.{digest}.{language}"
            made[parts] = [
                _stored(place, form, mailing.filters, b"".join(written(shown, form, now=now)))
                for form in MAILED
            ]
        yield saved_report(
            mailing.saved,
            reader,
            filters=mailing.filters,
            figures=figures,
            files=made[parts],
            parts=parts_asked_for(shown),
            key=key,
            now=now,
        )


def _stored(place: str, form: Format, filters: Filters, content: bytes) -> dict[str, str]:
    """Put a file into the store, beside what lies there: a mail that waits may hold that."""
    path = default_storage.save(f"{place}.{form}", ContentFile(content))
    return {"name": filename_of(filters, Content.REPORT, form), "path": path}


def forget_mailed_files(*, now: datetime) -> int:
    """Throw away the files of mails that are long sent, or given up; how many."""
    return sum(_forget_in(folder, now) for folder in _folders())


def _folders() -> list[str]:
    if not default_storage.exists(FOLDER):
        return []
    return [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[0]]


def _forget_in(folder: str, now: datetime) -> int:
    paths = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    old = [path for path in paths if default_storage.get_modified_time(path) < now - FILES_KEPT]
    for path in old:
        default_storage.delete(path)
    return len(old)
