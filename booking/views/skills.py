"""The skills of a space for its staff: terms, holders, rights to certify, recognition."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.queries.people import people_of
from booking.queries.skills import recognised_by, skills_of
from booking.skill_forms import PersonForm, RecognitionForm, RevokeForm, SkillForm, TermsForm
from booking.views.asking import signed_in
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.models import Certification, GrantingRight, Member, Skill
from members.permissions import is_staff_of, may_certify, may_revoke
from members.queries import PARTS, certifications_in, held_today, rights_in, terms_of
from members.services import certifications as services
from spaces.models import Space


class SkillsPage(StaffPage):
    """Every skill, those that the space needs first, and the form for a new one."""

    template_name = "booking/space_skills.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        return self._list(request, SkillForm())

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Name a new skill."""
        form = SkillForm(request.POST)
        if not form.is_valid():
            return self._list(request, form, UNPROCESSABLE)
        skill = services.name_skill(name=form.cleaned_data["name"], slug=form.slug)
        messages.success(request, _("The skill is there. Say what it takes and how long it lasts."))
        return redirect("booking:space_skill", self.space.slug, skill.slug)

    def _list(self, request: HttpRequest, form: SkillForm, status: int = 200) -> HttpResponse:
        today = self.now.astimezone(self.space.zone).date()
        return self.show(request, status, form=form, skills=skills_of(self.space, on=today))


class SkillPage(StaffPage):
    """One skill: who has it, what it takes here, who may certify."""

    template_name = "booking/space_skill.html"

    def get(self, request: HttpRequest, space: str, skill: str) -> HttpResponse:
        """The skill as it is."""
        return self._page(request, self._skill(skill))

    def post(self, request: HttpRequest, space: str, skill: str) -> HttpResponse:
        """Change the terms, or let somebody certify others."""
        learned = self._skill(skill)
        if request.POST.get("step") == "right":
            return self._give_right(request, learned)
        form = TermsForm(request.POST, instance=terms_of(self.space, learned))
        if not form.is_valid():
            return self._page(request, learned, UNPROCESSABLE, terms_form=form)
        services.save_terms(terms=form.save(commit=False))
        messages.success(request, _("Saved. It holds for what is granted from now on."))
        return redirect(request.path)

    def _give_right(self, request: HttpRequest, skill: Skill) -> HttpResponse:
        form = PersonForm(request.POST, people=Member.objects.all())
        if not form.is_valid():
            return self._page(request, skill, UNPROCESSABLE, right_form=form)
        services.give_right(
            member=form.member, skill=skill, space=self.space, by=self.member, now=self.now
        )
        messages.success(request, _("%(person)s may certify others now.") % {"person": form.member})
        return redirect(request.path)

    def _skill(self, slug: str) -> Skill:
        return get_object_or_404(Skill, slug=slug)

    def _page(
        self, request: HttpRequest, skill: Skill, status: int = 200, **forms: Any
    ) -> HttpResponse:
        held = held_today(certifications_in(self.space, skill), self.now)
        context = {
            "terms_form": TermsForm(instance=terms_of(self.space, skill)),
            "right_form": PersonForm(people=Member.objects.none()),
            **forms,
        }
        return self.show(
            request,
            status,
            skill=skill,
            valid=[each for each in held if each.is_valid],
            others=[each for each in held if not each.is_valid],
            rights=rights_in(self.space, skill),
            **context,
        )


class RightRemoval(StaffPage):
    """Takes the right to certify back."""

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """What was granted stands."""
        rows = GrantingRight.objects.select_related("skill", "member")
        right = get_object_or_404(rows, pk=pk, space=self.space)
        services.take_right(right=right, by=self.member, now=self.now)
        messages.success(
            request,
            _("%(person)s may certify nobody any more. What was granted stands.")
            % {"person": right.member},
        )
        return redirect("booking:space_skill", self.space.slug, right.skill.slug)


class RecognitionPage(StaffPage):
    """Which spaces' certifications count here."""

    template_name = "booking/recognition.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """As it is."""
        form = RecognitionForm(space=self.space, initial=recognised_by(self.space))
        return self.show(request, form=form)

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Change it; it holds at once."""
        form = RecognitionForm(request.POST, space=self.space)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        services.recognise(space=self.space, **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now on."))
        return redirect(request.path)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def certify(request: HttpRequest, space: str, skill: str) -> HttpResponse:
    """Certify somebody: for staff, and for those to whom they gave the right.

    Staff know everybody; others may certify whoever has to do with the space, but not themselves.
    """
    place, member = get_object_or_404(Space, slug=space), signed_in(request)
    learned = Skill.objects.filter(slug=skill).first()
    if learned is None or not may_certify(member, learned, place):
        raise PermissionDenied
    if is_staff_of(member, place):
        people = Member.objects.all()
    else:
        people = people_of(place).exclude(pk=member.pk)
    form, status = PersonForm(request.POST or None, people=people), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            services.grant(member=form.member, skill=learned, space=place, by=member, now=now())
            messages.success(request, _("%(person)s is certified.") % {"person": form.member})
            return redirect(request.path)
    granted = certifications_in(place, learned).filter(granted_by=member)
    context = {
        "space": place,
        "skill": learned,
        "form": form,
        "granted": held_today(granted.order_by("-created_at")[:20], now()),
        "is_staff": is_staff_of(member, place),
    }
    return render(request, "booking/certify.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def certification_revoke(request: HttpRequest, space: str, pk: int) -> HttpResponse:
    """Ask why a certification counts no more, and revoke it; for who could grant it."""
    place, member = get_object_or_404(Space, slug=space), signed_in(request)
    rows = Certification.objects.standing().select_related(*PARTS)
    row = rows.filter(Q(space=place) | Q(space=None), pk=pk).first()
    is_staff = is_staff_of(member, place)
    if row is None and is_staff:
        raise Http404
    if row is None or not may_revoke(member, row):
        raise PermissionDenied
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        services.revoke(certification=row, by=member, reason=reason, now=now())
        messages.success(request, _("Revoked. The person is told."))
        back = "booking:space_skill" if is_staff else "booking:certify"
        return redirect(back, place.slug, row.skill.slug)
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"space": place, "certification": row, "form": form, "is_staff": is_staff}
    return render(request, "booking/certification_revoke.html", context, status=status)
