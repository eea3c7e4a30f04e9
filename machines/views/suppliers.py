"""Where a space orders what it uses up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from machines.forms.stock import SupplierForm
from machines.models import Supplier
from machines.queries.stock import suppliers_of
from machines.services.stock import remove_supplier, save_supplier
from machines.views.staff import UNPROCESSABLE, StaffPage


class SuppliersPage(StaffPage):
    """All suppliers of a space."""

    template_name = "machines/suppliers.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        return self.show(request, suppliers=suppliers_of(self.space))


class SupplierPage(StaffPage):
    """One supplier, new or to be changed."""

    template_name = "machines/supplier.html"

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The supplier as it is."""
        return self.show(request, form=SupplierForm(instance=self._supplier(pk)))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Keep it, or remove it."""
        supplier = self._supplier(pk)
        if request.POST.get("step") == "remove" and supplier.pk is not None:
            remove_supplier(supplier=supplier)
            return self._back(request, _("The supplier is gone."))
        form = SupplierForm(request.POST, instance=supplier)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        save_supplier(supplier=form.save(commit=False))
        return self._back(request, _("The supplier is saved."))

    def _supplier(self, pk: int | None) -> Supplier:
        if pk is None:
            return Supplier(space=self.space)
        return get_object_or_404(Supplier, pk=pk, space=self.space)

    def _back(self, request: HttpRequest, done: str) -> HttpResponse:
        messages.success(request, done)
        return redirect("machines:suppliers", self.space.slug)
