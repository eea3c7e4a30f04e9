"""The badges of a space's people for its staff: given at the desk, revoked, PINs unlocked."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.queries.people import people_of
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.badge_forms import EnrolmentForm
from members.models import Badge, Pin
from members.services.badges import BadgeOfTheirOwn, remove_pin, revoke_badge
from members.views.badges import badge_is_enrolled

PER_PAGE = 50


class SpaceBadgesPage(StaffPage):
    """Who of the space has which badge, and a form to give one."""

    template_name = "booking/space_badges.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list; `?q=` looks for a person."""
        return self._page(request, EnrolmentForm())

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Give somebody of the space a badge, and a PIN where they typed one."""
        form = EnrolmentForm(request.POST)
        if form.is_valid() and self._is_enrolled(form):
            told = _("The badge is given. It counts here, and its holder is told.")
            messages.success(request, told)
            return redirect("booking:space_badges", space)
        return self._page(request, form, UNPROCESSABLE)

    def _is_enrolled(self, form: EnrolmentForm) -> bool:
        email = form.cleaned_data["email"]
        member = people_of(self.space).filter(email__iexact=email).first()
        if member is None:
            form.add_error("email", _("Nobody in this space has this address."))
            return False
        return badge_is_enrolled(form, member=member, by=self.member, space=self.space)

    def badges(self) -> QuerySet[Badge]:
        """The standing badges of the people of the space that count here, and if a PIN does."""
        people = people_of(self.space).values("pk")
        pins = Pin.objects.counting_in(self.space).filter(member=OuterRef("member"))
        rows = Badge.objects.standing().counting_in(self.space).filter(member__in=people)
        rows = rows.select_related("member").annotate(
            has_pin=Exists(pins),
            has_pin_of_here=Exists(pins.filter(space=self.space)),
            is_locked=Exists(pins.filter(locked_until__gt=self.now)),
        )
        return rows.order_by("member__name", "pk")

    def _page(self, request: HttpRequest, form: EnrolmentForm, status: int = 200) -> HttpResponse:
        words = request.GET.get("q", "").replace("\0", "")[:80]
        rows = self.badges()
        for word in words.split():
            rows = rows.filter(Q(member__name__icontains=word) | Q(member__email__icontains=word))
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context: dict[str, Any] = {"form": form, "page": page, "words": words}
        return self.show(request, status, **context)


class SpaceBadgeChange(SpaceBadgesPage):
    """Revokes a badge, or takes a PIN away so that its member sets another one.

    Only what was given here: what is the member's own counts in other spaces too.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, pk: int = 0) -> HttpResponse:
        """Do it and go back to the list."""
        badge = get_object_or_404(self.badges(), pk=pk)
        if request.POST.get("step") == "pin":
            who, by = badge.member, self.member
            if not remove_pin(member=who, space=self.space, by=by, now=self.now):
                raise Http404
            told = _("%(name)s has no PIN any more, and sets another one in the profile.")
            messages.success(request, told % {"name": badge.member})
        else:
            try:
                revoke_badge(badge=badge, space=self.space, by=self.member, now=self.now)
            except BadgeOfTheirOwn as error:
                raise Http404 from error
            messages.success(request, _("The badge opens nothing any more."))
        return redirect("booking:space_badges", space)
