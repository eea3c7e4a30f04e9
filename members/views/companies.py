"""My companies, the people who act for them, and invitations to do so."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.forms import DelegateForm
from members.models import Company, Delegate, Invitation, Member
from members.permissions import is_of, may_administer
from members.services import companies as services
from members.services.companies import LastAdministrator
from members.states import DelegateKind


@login_required
@require_safe
@never_cache
def companies(request: HttpRequest) -> HttpResponse:
    """The companies that I act for, and those that ask me to."""
    member = _member(request)
    context = {
        "delegations": member.delegations.select_related("company").order_by("company__name"),
        "invitations": _invitations_to(member),
    }
    return render(request, "members/companies.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def people(request: HttpRequest, company: str) -> HttpResponse:
    """Who acts for the company; its administrator asks others by e-mail."""
    firm = _company(request, company)
    may_change = may_administer(request.user, firm)
    form, status = DelegateForm(), 200
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form, status = DelegateForm(request.POST), 422
        if form.is_valid():
            try:
                services.invite(
                    company=firm,
                    email=form.cleaned_data["email"],
                    kind=DelegateKind(form.cleaned_data["kind"]),
                    by=_member(request),
                    now=now(),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The invitation is on its way."))
                return redirect("members:company_people", firm.slug)
    context = {
        "company": firm,
        "may_change": may_change,
        "delegates": firm.delegates.select_related("member").order_by("member__name", "pk"),
        "invitations": firm.invitations.all() if may_change else (),
        "kinds": DelegateKind.choices,
        "form": form,
    }
    return render(request, "members/company_people.html", context, status=status)


@login_required
@require_POST
def delegate_change(request: HttpRequest, company: str, pk: int) -> HttpResponse:
    """Let somebody do more or less for the company."""
    delegate = _delegate(request, company, pk)
    kind = request.POST.get("kind", "")
    if kind not in DelegateKind.values:
        raise Http404
    try:
        services.change_kind(delegate=delegate, kind=DelegateKind(kind))
    except LastAdministrator:
        messages.error(request, _keep_one())
    else:
        messages.success(request, _("Changed."))
    return redirect("members:company_people", company)


@login_required
@require_POST
def delegate_remove(request: HttpRequest, company: str, pk: int) -> HttpResponse:
    """Let somebody act for the company no more."""
    delegate = _delegate(request, company, pk)
    try:
        services.remove(delegate=delegate)
    except LastAdministrator:
        messages.error(request, _keep_one())
    else:
        gone = _("%(person)s no longer acts for the company.")
        messages.success(request, gone % {"person": delegate.member})
        if delegate.member_id == _member(request).pk:
            return redirect("members:companies")
    return redirect("members:company_people", company)


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, company: str, pk: int) -> HttpResponse:
    """Call an invitation back."""
    firm = _administered(request, company)
    services.withdraw(invitation=get_object_or_404(firm.invitations, pk=pk))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("members:company_people", company)


@login_required
@require_POST
def invitation_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Act for a company from now on."""
    member = _member(request)
    invitation = get_object_or_404(_invitations_to(member), pk=pk)
    services.accept(invitation=invitation, member=member)
    welcome = _("You now act for %(company)s.") % {"company": invitation.company}
    messages.success(request, welcome)
    return redirect("members:companies")


@login_required
@require_POST
def invitation_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no; nobody is told."""
    services.withdraw(invitation=get_object_or_404(_invitations_to(_member(request)), pk=pk))
    messages.success(request, _("The invitation is declined."))
    return redirect("members:companies")


def _keep_one() -> str:
    return _("The company needs an administrator: make somebody else one first.")


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return request.user


def _invitations_to(member: Member) -> QuerySet[Invitation]:
    """What was sent to the address with which `member` signs in, which they have proved."""
    return Invitation.objects.filter(email__iexact=member.email).select_related("company")


def _company(request: HttpRequest, slug: str) -> Company:
    """A company, for its own people; for others it does not exist (Http404)."""
    firm = get_object_or_404(Company, slug=slug)
    if not is_of(request.user, firm):
        raise Http404
    return firm


def _administered(request: HttpRequest, slug: str) -> Company:
    """A company, for its administrators."""
    firm = _company(request, slug)
    if not may_administer(request.user, firm):
        raise PermissionDenied
    return firm


def _delegate(request: HttpRequest, company: str, pk: int) -> Delegate:
    """One of the people of a company, for its administrators."""
    rows = _administered(request, company).delegates.select_related("member", "company")
    return get_object_or_404(rows, pk=pk)
