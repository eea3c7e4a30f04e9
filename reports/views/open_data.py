"""The pages that tell what spaces publish, and the one on which staff decide it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from machines.views.staff import PreviewedPage
from reports.licences import LICENCE_PAGES, Licence
from reports.models import OpenData
from reports.open_data.figures import lines_of, told
from reports.open_data.files import DATASETS
from reports.open_data.form import OpenDataForm
from reports.open_data.months import public_month
from reports.open_data.places import Asked
from reports.open_data.spaceapi import status
from reports.queries.open_data import months_of, published, setting_of
from reports.services.publishing import last_final_month, set_open_data

FORMS = ("json", "csv", "jsonld")
MONTHS_SHOWN = 12


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Which spaces publish, what it is, and where programs get it."""
    context = {"settings": list(published()), "names": tuple(DATASETS), "forms": FORMS}
    return render(request, "reports/open_data.html", context)


@require_safe
def of_space(request: HttpRequest, space: str) -> HttpResponse:
    """What one space publishes: the months to look at, the files to take; Http404 otherwise."""
    setting = get_object_or_404(published(), space__slug=space)
    months = months_of(setting.space)[:MONTHS_SHOWN]
    asked_for = request.GET.get("month", "")
    month = next((each for each in months if each.content["month"] == asked_for), None)
    month = month or next(iter(months), None)
    context = {
        "space": setting.space,
        "setting": setting,
        "licence_page": LICENCE_PAGES[Licence(setting.licence)],
        "names": tuple(DATASETS),
        "forms": FORMS,
        "months": months,
        "month": month,
        "rows": lines_of(month) if month else [],
    }
    return render(request, "reports/open_data_space.html", context)


class OpenDataSetting(PreviewedPage):
    """Whether a space publishes, with what that would be."""

    template_name = "reports/open_data_setting.html"

    def form(self, data: Any = None) -> OpenDataForm:
        """As it was chosen, or as it is to be."""
        setting = setting_of(self.space)
        initial = {"is_on": False, "licence": Licence.CC_BY}
        if setting is not None:
            initial = {"is_on": setting.is_on, "licence": setting.licence}
        return OpenDataForm(data, initial=initial)

    def context(self) -> dict[str, Any]:
        """What has been published so far."""
        return {"setting": setting_of(self.space), "months": months_of(self.space)}

    def preview(self, form: OpenDataForm) -> dict[str, Any]:
        """The last month as it would be told, the machines, and what the SpaceAPI says."""
        told_now = form.cleaned_data["is_on"]
        if not told_now:
            return {"preview": "off"}
        setting = OpenData(space=self.space, licence=form.cleaned_data["licence"])
        asked = Asked((setting,), self.now)
        month = last_final_month(self.space, now=self.now)
        content = public_month(self.space, month, now=self.now)
        return {
            "preview": "on",
            "month": month,
            "rows": told(content["rows"]),
            "machines": DATASETS["machines"].rows(asked),
            "openings": DATASETS["openings"].rows(asked),
            "place": status(asked),
        }

    def save(self, form: OpenDataForm) -> str:
        """Publish, or stop."""
        is_on = form.cleaned_data["is_on"]
        set_open_data(
            space=self.space,
            is_on=is_on,
            licence=Licence(form.cleaned_data["licence"]),
            by=self.member,
            now=self.now,
        )
        if is_on:
            return _("The open data is published. Figures follow within an hour.")
        return _("Nothing is published any more.")
