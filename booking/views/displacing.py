"""What the pages share on which staff take time that people have reserved.

Each reservation in the way is shown with its ways out; saving says which was chosen for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from booking.displacing import Option, Spot
from booking.models import Reservation
from booking.queries.displacing import Displaced, Plan, value_of
from booking.services.displacing import Outdated
from booking.states import WayOut
from booking.wording import span_in_words
from machines.forms.previewed import ANSWER
from machines.views.staff import UNPROCESSABLE, PreviewedPage, StaffPage

CONFLICT = 409

BULK: dict[str, tuple[WayOut, ...]] = {
    "best": (),
    "ask": (WayOut.LATER, WayOut.ELSEWHERE),
    "cancel": (WayOut.CANCEL,),
    "keep": (WayOut.KEEP,),
}
"""What can be chosen for all at once: the first of these ways that a case has, else its best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A case as the page shows it: its rows, and the options with their names and words."""

    case: Displaced
    options: tuple[tuple[str, str], ...]
    selected: str

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"{ANSWER}{self.case.key}"

    @property
    def rows(self) -> list[tuple[Reservation, bool]]:
        """Each row, and whether it is that which cannot take place."""
        return [(row, row.pk in self.case.hit) for row in self.case.rows]


def choices_in(data: QueryDict) -> dict[int, str]:
    """What was chosen for each case, by its key."""
    return {
        int(key): str(value)
        for name, value in data.items()
        if name.startswith(ANSWER) and (key := name.removeprefix(ANSWER)).isdecimal()
    }


def shown(plan: Plan, data: QueryDict) -> list[Shown]:
    """The cases of `plan`, each with what was chosen for it, for all, or else the best selected."""
    chosen, bulk = choices_in(data), BULK.get(data.get("all", ""))
    return [
        Shown(
            case=case,
            options=tuple(
                (value, _in_words(case, option, plan)) for value, option in case.by_value.items()
            ),
            selected=_selected(case, chosen.get(case.key, ""), bulk),
        )
        for case in plan.cases
    ]


def _selected(case: Displaced, chosen: str, bulk: tuple[WayOut, ...] | None) -> str:
    if bulk is None:
        return chosen if chosen in case.by_value else value_of(case.best)
    by_way = {option.way: option for option in case.options}
    return value_of(next((by_way[way] for way in bulk if way in by_way), case.best))


def _in_words(case: Displaced, option: Option, plan: Plan) -> str:
    """What an option does, as a person would say it."""
    if option.way == WayOut.KEEP:
        return _("Leave it as it is")
    if option.way == WayOut.CANCEL:
        if case.is_offer:
            return _("Take the offer back: they wait on")
        return _("Cancel it, with an apology")
    spots = list(option.spots.values())
    first = spots[0]
    zone = plan.machines[first.unit].space.zone
    words = {
        "machine": ", ".join(_machines(spots, plan)),
        "space": plan.machines[first.unit].space.name,
        "time": span_in_words(first.span, zone),
    }
    if option.way == WayOut.SAME_TIME:
        return _("Move it now: same time on %(machine)s") % words
    if option.way == WayOut.LATER:
        return _("Propose %(time)s on %(machine)s") % words
    return _("Propose %(time)s on %(machine)s, %(space)s") % words


def _machines(spots: list[Spot], plan: Plan) -> Iterator[str]:
    for spot in spots:
        yield plan.machines[spot.unit].name


class Displacing:
    """Shows the plan of a valid form, and carries it out with what was chosen."""

    def plan(self, form: Any) -> Plan:
        """What the form displaces."""
        raise NotImplementedError

    def carry_out(self, form: Any, choices: dict[int, str]) -> str:
        """Do it with `choices`, and say what was done; raises Outdated."""
        raise NotImplementedError

    def displaced(self, form: Any, data: QueryDict) -> dict[str, Any]:
        """The context that shows the plan."""
        cases = shown(self.plan(form), data)
        return {
            "displaced": cases,
            "may_stay": any(WayOut.KEEP in _ways(each) for each in cases),
        }


def _ways(each: Shown) -> set[WayOut]:
    return {option.way for option in each.case.options}


def tell_outdated(request: HttpRequest) -> None:
    """Say that nothing was written."""
    messages.warning(
        request,
        _("Something moved in between, so nothing was saved. Look at the proposals again."),
    )


class DisplacingPage(Displacing, PreviewedPage):
    """A previewed form that takes time which people have reserved."""

    def preview(self, form: Any) -> dict[str, Any]:
        """The preview of the calendar, and who would be displaced."""
        return self.preview_of_calendar(form) | self.displaced(form, self.request.POST)

    def preview_of_calendar(self, form: Any) -> dict[str, Any]:
        """The context that shows the calendar as it would be."""
        raise NotImplementedError

    def save(self, form: Any) -> str:
        """Carry out what was chosen."""
        return self.carry_out(form, choices_in(self.request.POST))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As every previewed page, and look again where something moved in between."""
        try:
            return super().post(request, *args, **kwargs)
        except Outdated:
            tell_outdated(request)
            form = self.form(request.POST)
            form.is_valid()
            return self.show(request, CONFLICT, form=form, **self.context(), **self.preview(form))


class AtOncePage(Displacing, StaffPage):
    """A form that is saved at once where it displaces nobody, else shown with the proposals."""

    def form(self, data: Any = None) -> Any:
        """The form of the page, bound where `data` is given."""
        raise NotImplementedError

    def context(self, form: Any) -> dict[str, Any]:
        """What the page shows besides its form."""
        raise NotImplementedError

    def asks(self, context: dict[str, Any]) -> bool:
        """Whether there is something to choose before it is saved."""
        return bool(context["displaced"])

    def after(self) -> HttpResponse:
        """Where to go once it is saved."""
        raise NotImplementedError

    def _choices(self, asked: dict[str, Any]) -> dict[int, str]:
        """What was chosen; whoever is not in the way any more needs no answer."""
        cases = {each.case.key for each in asked["displaced"]}
        return {key: way for key, way in choices_in(self.request.POST).items() if key in cases}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form as things are."""
        form = self.form()
        return self.show(request, form=form, **self.context(form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is wrong, ask what becomes of whom, or save."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form, **self.context(form))
        status = 200
        asked = self.displaced(form, request.POST)
        if request.POST.get("step") == "save" or not self.asks(asked):
            try:
                messages.success(request, self.carry_out(form, self._choices(asked)))
            except Outdated:
                tell_outdated(request)
                status = CONFLICT
                asked = self.displaced(form, request.POST)
            else:
                return self.after()
        return self.show(request, status, form=form, is_asked=True, **self.context(form), **asked)
