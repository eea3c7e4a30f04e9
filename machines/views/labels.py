"""Labels to stick on the machines of a space, as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from machines.forms.inventory import InventoryFilter
from machines.forms.labels import LabelsForm
from machines.labels.drawing import sheets_of
from machines.labels.formats import FORMATS
from machines.queries.inventory import filtered_inventory
from machines.queries.labels import MOST_LABELS, labels_of
from machines.views.chosen import chosen_in
from machines.views.staff import UNPROCESSABLE, StaffPage


class LabelsPage(StaffPage):
    """The machines that the filters leave, each ticked; the button makes the PDF."""

    template_name = "machines/labels.html"
    of_ticked = False
    """Whether the machines are those that are ticked in the inventory."""

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """Choose machines and the kind of labels."""
        return self._page(request, LabelsForm(space=self.space))

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """The PDF, or what is wrong."""
        form = LabelsForm(request.POST, space=self.space)
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE)
        labels = labels_of(self.space, [each.pk for each in form.cleaned_data["machine"]])
        pdf = sheets_of(
            labels,
            FORMATS[form.cleaned_data["format"]],
            title=_("Labels of %(space)s") % {"space": self.space.name},
            used=form.cleaned_data["used"],
        )
        return HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="labels-{self.space.slug}.pdf"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _page(self, request: HttpRequest, form: LabelsForm, status: int = 200) -> HttpResponse:
        filters = InventoryFilter(request.GET, space=self.space)
        rows = filtered_inventory(self.space, **filters.chosen())
        if self.of_ticked:
            rows = rows.filter(pk__in=chosen_in(request, self.space))
        return self.show(
            request,
            status,
            form=form,
            filters=filters,
            machines=rows[:MOST_LABELS],
            count=rows.count(),
            most=MOST_LABELS,
            ticked={int(each) for each in request.POST.getlist("machine") if each.isdigit()},
            is_filtered=self.of_ticked or any(filters.chosen().values()),
        )
