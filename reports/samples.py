"""A believable message of each kind about reports."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Group
from notifications.samples import Sample, Scene
from reports.notices import EXPORT_READY, SAVED_REPORT

_of_reports = partial(Sample, group=gettext_lazy("Reports"), is_of_space=False)


def _month(scene: Scene) -> str:
    return date_format(scene.today.replace(day=1) - timedelta(days=1), "F Y")


def _export(scene: Scene) -> dict[str, Any]:
    return {
        "name": "Camille",
        "title": f"{scene.space}, {_month(scene)}",
        "filename": "sessions-space-atelier-2026-10-01-2026-10-31.xlsx",
        "kept_until": date_format(scene.today + timedelta(days=7), "DATE_FORMAT"),
        "url": scene.page("reports/files/1"),
    }


def _report(scene: Scene) -> dict[str, Any]:
    return {
        "name": "Camille",
        "report": _("For the committee"),
        "scope": scene.space,
        "period": _month(scene),
        "use_rate": "41.3 %",
        "booked_rate": "58.0 %",
        "used_hours": "612.5",
        "url": scene.page("reports/utilisation"),
        "settings_url": scene.page("reports/saved"),
    }


SAMPLES = (
    _of_reports(
        kind=SAVED_REPORT,
        title=gettext_lazy("The report of the month"),
        sent_when=gettext_lazy("On the first of a month, and when somebody wants it at once."),
        sent_to=gettext_lazy("whoever was chosen and may read the figures"),
        context=_report,
    ),
    _of_reports(
        kind=EXPORT_READY,
        title=gettext_lazy("A file is ready"),
        sent_when=gettext_lazy("When a file is made that took long."),
        sent_to=gettext_lazy("whoever asked for it"),
        context=_export,
    ),
)

GROUPS = (
    Group(
        key="reports",
        label=gettext_lazy("Reports"),
        help=gettext_lazy("Reports that are mailed to you, and files that you asked for."),
        kinds=(SAVED_REPORT, EXPORT_READY),
        is_news=False,
    ),
)
