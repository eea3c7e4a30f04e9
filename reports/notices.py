"""What readers of reports are told: that a file is ready, and the report of the month itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from members.models import Member
from notifications import outbox
from notifications.models import Message
from reports.filters import Filters
from reports.models import Export, SavedReport
from reports.wording import period_in_words

EXPORT_READY = "export_ready"
SAVED_REPORT = "saved_report"

USEFUL_FOR = timedelta(days=20)
"""A report of a month that could not be mailed for longer is mailed no more."""


def export_ready(export: Export, *, now: datetime) -> Message:
    """To who asked for a file: here it is."""
    kept_until = export.kept_until
    with override(export.language):
        context = {
            "name": export.member.name,
            "language": export.language,
            "title": export.title,
            "filename": export.filename,
            "kept_until": date_format(kept_until, "DATE_FORMAT"),
            "url": settings.BASE_URL + reverse("reports:file", args=[export.pk]),
        }
    return outbox.draft(
        recipient=export.member,
        kind=EXPORT_READY,
        subject_key=export.subject_key,
        dedupe_key=export.subject_key,
        context=context,
        send_after=now,
        expires_at=kept_until,
    )


def saved_report(
    saved: SavedReport,
    reader: Member,
    *,
    filters: Filters,
    figures: Mapping[str, str],
    files: list[dict[str, str]],
    parts: list[str],
    key: str,
    now: datetime,
) -> Message:
    """To one reader of a saved report: its period, its main figures, its files.

    `parts` are the keys of what the files show apart. Texts are those of the active language.
    """
    scope = filters.scope
    address = f"{reverse('reports:utilisation')}?{filters.query}"
    context: dict[str, Any] = {
        "name": reader.name,
        "report": saved.name,
        "report_id": saved.pk,
        "scope": scope.full_name,
        "scope_key": scope.key,
        "period": period_in_words(filters.period),
        **figures,
        "files": files,
        "parts": parts,
        "url": settings.BASE_URL + address,
        "settings_url": settings.BASE_URL + reverse("reports:saved", query={"scope": scope.key}),
    }
    return outbox.draft(
        recipient=reader,
        kind=SAVED_REPORT,
        subject_key=saved.subject_key,
        dedupe_key=key,
        context=context,
        send_after=now,
        expires_at=now + USEFUL_FOR,
        space_key=str(scope.space.pk) if scope.space else "",
    )
