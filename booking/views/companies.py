"""The page of a company for its people, and those on which staff agree contracts with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing.forms import ContractForm, GuaranteedWindowForm
from billing.models import Contract, GuaranteedWindow
from billing.services.contracts import save_contract, save_window
from booking.models import Reservation
from booking.queries.companies import overview_of
from booking.queries.guarantees import dates_not_held
from booking.services import guarantees
from booking.services.refusing import BookingRefused
from booking.views.asking import signed_in, tell_refusals
from machines.queries.inventory import owned_by
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.forms import CompanyForm
from members.models import Company
from members.permissions import is_of, may_administer, may_book_for
from members.services.companies import found_company


@login_required
@require_safe
@never_cache
def company(request: HttpRequest, company: str) -> HttpResponse:
    """Contracts with what is left, dates to confirm, reservations and the ledger."""
    firm = _company(request, company)
    context = {
        "company": firm,
        "overview": overview_of(firm, now=now()),
        "may_book": may_book_for(request.user, firm),
        "machines": owned_by(firm),
        "may_set_priority": may_administer(request.user, firm),
    }
    return render(request, "booking/company.html", context)


@login_required
@require_POST
def guarantee_confirm(request: HttpRequest, company: str, pk: int) -> HttpResponse:
    """Take up a date that is kept for the company."""
    firm = _company(request, company)
    rows = Reservation.objects.filter(company=firm, guarantee__isnull=False)
    held = get_object_or_404(rows.select_related("machine__space", "company"), pk=pk)
    try:
        guarantees.confirm(reservation=held, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _("Confirmed. The reservation is on its way to you."))
    return redirect("booking:company", firm.slug)


def _company(request: HttpRequest, slug: str) -> Company:
    """A company, for its own people; for others it does not exist (Http404)."""
    firm = get_object_or_404(Company, slug=slug)
    if not is_of(request.user, firm):
        raise Http404
    return firm


class SpaceCompanies(StaffPage):
    """Every company, those with a contract here first, and the form for a new one."""

    template_name = "booking/space_companies.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        return self._list(request, CompanyForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make a company and invite its administrator."""
        form = CompanyForm(request.POST)
        if not form.is_valid():
            return self._list(request, form, UNPROCESSABLE)
        made = found_company(**form.cleaned_data, by=self.member, now=now())
        messages.success(request, _("The company is there; its administrator is invited."))
        return redirect("booking:space_company", self.space.slug, made.slug)

    def _list(self, request: HttpRequest, form: CompanyForm, status: int = 200) -> HttpResponse:
        agreed = set(Contract.objects.filter(space=self.space).values_list("company", flat=True))
        rows = list(Company.objects.order_by("name"))
        return self.show(
            request,
            status,
            form=form,
            with_contract=[row for row in rows if row.pk in agreed],
            others=[row for row in rows if row.pk not in agreed],
        )


class CompanyPage(StaffPage):
    """A staff page about one company."""

    company: Company

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Find the company, and after that ask who it is as every staff page does."""
        self.company = Company(slug=kwargs["company"])
        return super().dispatch(request, *args, **kwargs)

    def show(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        """The page with its company."""
        return super().show(request, status, company=self.the_company, **context)

    @property
    def the_company(self) -> Company:
        """The company that the address names; raises Http404."""
        if self.company.pk is None:
            self.company = get_object_or_404(Company, slug=self.company.slug)
        return self.company

    def contract(self, pk: int) -> Contract:
        """A contract of the company with this space; raises Http404."""
        rows = Contract.objects.select_related("space", "company")
        return get_object_or_404(rows, pk=pk, company=self.the_company, space=self.space)

    def saved(self, form: ContractForm, contract: Contract | None = None) -> Contract | None:
        """The contract as agreed; None where the form says why not."""
        if not form.is_valid():
            return None
        try:
            return save_contract(
                contract=contract, company=self.the_company, space=self.space, **form.terms()
            )
        except ValidationError as error:
            form.show(error)
            return None


class SpaceCompany(CompanyPage):
    """What a company has in this space, and the form for a new contract."""

    template_name = "booking/space_company.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The overview."""
        return self._overview(request, ContractForm(initial={"start_date": self._today()}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Agree a new contract."""
        form = ContractForm(request.POST)
        made = self.saved(form)
        if made is None:
            return self._overview(request, form, UNPROCESSABLE)
        messages.success(request, _("The contract is saved."))
        return redirect("booking:contract", self.space.slug, self.the_company.slug, made.pk)

    def _overview(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        overview = overview_of(self.the_company, now=now(), space=self.space)
        return self.show(request, status, form=form, overview=overview)

    def _today(self) -> str:
        """The day there as a form reads it; blank where nobody can tell."""
        if not self.space.has_clock:
            return ""
        return now().astimezone(self.space.zone).date().isoformat()


class ContractPage(CompanyPage):
    """A contract with its guaranteed windows, and the form for a new window."""

    template_name = "booking/contract.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The contract as it is."""
        contract = self.contract(kwargs["pk"])
        return self._page(request, contract, ContractForm(instance=contract))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change what was agreed; the dates that are held follow."""
        contract = self.contract(kwargs["pk"])
        form = ContractForm(request.POST, instance=self.contract(kwargs["pk"]))
        saved = self.saved(form, contract)
        if saved is None:
            return self._page(request, contract, form, UNPROCESSABLE)
        windows = saved.guaranteed_windows.all()
        reports = [guarantees.hold_guaranteed(now(), only=window) for window in windows]
        messages.success(request, _("The contract is saved."))
        if any(report.failed for report in reports):
            messages.error(request, _("The dates of some guaranteed windows could not be held."))
        return redirect(request.path)

    def _page(
        self, request: HttpRequest, contract: Contract, form: ContractForm, status: int = 200
    ) -> HttpResponse:
        windows = list(contract.guaranteed_windows.select_related("machine", "pool"))
        return self.show(request, status, form=form, contract=contract, windows=windows)


class WindowPage(CompanyPage):
    """One guaranteed window, new or to be changed, with the dates that could not be held."""

    template_name = "booking/guaranteed_window.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The window as it is."""
        window = self._window(**kwargs)
        return self._page(request, window, GuaranteedWindowForm(instance=window))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the window, and hold its dates at once."""
        window = self._window(**kwargs)
        form = GuaranteedWindowForm(request.POST, instance=window)
        if not form.is_valid():
            return self._page(request, self._window(**kwargs), form, UNPROCESSABLE)
        kept = save_window(window=form.window())
        report = guarantees.hold_guaranteed(now(), only=kept)
        if report.failed:
            messages.error(request, _("The window is saved, but its dates could not be held."))
        else:
            messages.success(request, _("The window is saved, and its dates are held."))
        if report.not_held:
            messages.warning(request, _("Some dates could not be held: see below."))
        names = (self.space.slug, self.the_company.slug, kept.contract_id, kept.pk)
        return redirect("booking:guaranteed_window", *names)

    def _window(self, *, pk: int, window: int | None = None, **_names: Any) -> GuaranteedWindow:
        contract = self.contract(pk)
        if window is None:
            return GuaranteedWindow(contract=contract)
        return get_object_or_404(GuaranteedWindow, pk=window, contract=contract)

    def _page(
        self, request: HttpRequest, window: GuaranteedWindow, form: Any, status: int = 200
    ) -> HttpResponse:
        return self.show(
            request,
            status,
            form=form,
            window=window,
            contract=window.contract,
            not_held=dates_not_held([window], now()) if window.pk else (),
        )
