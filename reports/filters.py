"""What a report is about: whose machines, which dates, beside which other time.

One address form serves the page, its charts and every export:

    scope=space:geneve&from=2026-10-01&until=2026-10-31&compare=before&assumed=0

`FiltersForm` reads it, `Filters.query` writes it.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from machines.models import Category, Machine, Pool
from members.models import Company
from spaces.intervals import DAY, Interval, local_days
from spaces.models import Space

FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2100, 12, 31)
MOST_DAYS = 1827
"""Five years: the longest period of one report."""

BY_DATE_UP_TO = 92
"""Periods of more days than a quarter are told by month, and not by date."""


class ScopeKind(TextChoices):
    """What a report is about."""

    MACHINE = "machine", _("machine")
    POOL = "pool", _("pool")
    CATEGORY = "category", _("category")
    SPACE = "space", _("space")
    COMPANY = "company", _("company")
    NETWORK = "network", _("network")


class Compare(TextChoices):
    """Which other time stands beside the period."""

    BEFORE = "before", _("the period before")
    YEAR_AGO = "year_ago", _("a year ago")
    NONE = "none", _("nothing")


class Stage(Enum):
    """Where a period stands beside the present."""

    TO_COME = "to come"
    RUNNING = "running"
    OVER = "over"


class UnknownScope(ValueError):
    """The text names nothing that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A machine, a pool, a category of a space or of all, a space, a company, or everything.

    `space` is the one space in which it lies, where there is one. Made by the `of_…` methods.
    """

    kind: ScopeKind
    space: Space | None = None
    machine: Machine | None = None
    pool: Pool | None = None
    category: Category | None = None
    company: Company | None = None

    @classmethod
    def of_machine(cls, machine: Machine) -> "Scope":
        """One machine; its `space` should be loaded."""
        return cls(kind=ScopeKind.MACHINE, space=machine.space, machine=machine)

    @classmethod
    def of_pool(cls, pool: Pool) -> "Scope":
        """The units of a pool; its `space` should be loaded."""
        return cls(kind=ScopeKind.POOL, space=pool.space, pool=pool)

    @classmethod
    def of_category(cls, category: Category, space: Space | None = None) -> "Scope":
        """The machines of a category in one space, or in all of them."""
        return cls(kind=ScopeKind.CATEGORY, space=space, category=category)

    @classmethod
    def of_space(cls, space: Space) -> "Scope":
        """All machines of a space."""
        return cls(kind=ScopeKind.SPACE, space=space)

    @classmethod
    def of_company(cls, company: Company) -> "Scope":
        """What was reserved and used for a company, on any machine."""
        return cls(kind=ScopeKind.COMPANY, company=company)

    @classmethod
    def of_network(cls) -> "Scope":
        """All machines of all spaces."""
        return cls(kind=ScopeKind.NETWORK)

    @classmethod
    def named(cls, text: str) -> "Scope":
        """The scope that an address names; raises UnknownScope."""
        kind, _colon, rest = text.partition(":")
        read = _READERS.get(kind)
        scope = read(rest) if read else None
        if scope is None:
            raise UnknownScope(text)
        return scope

    @property
    def key(self) -> str:
        """How an address names it, such as `category:laser@geneve`; unique."""
        rest = ""
        if self.machine is not None and self.space is not None:
            rest = f"{self.space.slug}/{self.machine.slug}"
        elif self.category is not None:
            place = "" if self.space is None else f"@{self.space.slug}"
            rest = f"{self.category.slug}{place}"
        elif self.pool is not None:
            rest = str(self.pool.pk)
        elif self.company is not None:
            rest = str(self.company.pk)
        elif self.space is not None:
            rest = self.space.slug
        return f"{self.kind}:{rest}" if rest else str(self.kind)

    @property
    def name(self) -> str:
        """What people call it, in their language; without the space in which it lies."""
        for named in (self.machine, self.pool, self.category, self.company, self.space):
            if named is not None:
                return named.name
        return gettext("All spaces together")

    @property
    def full_name(self) -> str:
        """The same with the space in which it lies: what tells it apart on a paper or in a mail."""
        if self.space is None or self.space.name == self.name:
            return self.name
        return f"{self.name}, {self.space.name}"

    @property
    def is_of_many_spaces(self) -> bool:
        """Whether machines of several spaces may be part of it."""
        return self.space is None

    @property
    def zone(self) -> ZoneInfo:
        """The clock by which its dates are told: that of its space, or of the house."""
        return ZoneInfo(settings.TIME_ZONE) if self.space is None else self.space.zone


def _machine(rest: str) -> Scope | None:
    place, _slash, slug = rest.partition("/")
    machines = Machine.objects.select_related("space", "category", "pool")
    machine = machines.filter(space__slug=place, slug=slug).first()
    return Scope.of_machine(machine) if machine else None


def _pool(rest: str) -> Scope | None:
    if not (rest.isascii() and rest.isdigit() and len(rest) < _DIGITS):
        return None
    pool = Pool.objects.select_related("space").filter(pk=int(rest)).first()
    return Scope.of_pool(pool) if pool else None


def _category(rest: str) -> Scope | None:
    slug, has_place, place = rest.partition("@")
    category = Category.objects.filter(slug=slug).first()
    space = Space.objects.filter(slug=place).first() if has_place else None
    if category is None or (has_place and space is None):
        return None
    return Scope.of_category(category, space)


def _space(rest: str) -> Scope | None:
    space = Space.objects.filter(slug=rest).first()
    return Scope.of_space(space) if space else None


def _company(rest: str) -> Scope | None:
    if not (rest.isascii() and rest.isdigit() and len(rest) < _DIGITS):
        return None
    company = Company.objects.filter(pk=int(rest)).first()
    return Scope.of_company(company) if company else None


def _network(rest: str) -> Scope | None:
    return None if rest else Scope.of_network()


_DIGITS = 19
"""Ids have fewer digits than this."""

_READERS = {
    ScopeKind.MACHINE.value: _machine,
    ScopeKind.POOL.value: _pool,
    ScopeKind.CATEGORY.value: _category,
    ScopeKind.SPACE.value: _space,
    ScopeKind.COMPANY.value: _company,
    ScopeKind.NETWORK.value: _network,
}


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates, both included."""

    first: date
    last: date

    @classmethod
    def month_of(cls, day: date) -> "Period":
        """The whole month of a date."""
        first = day.replace(day=1)
        return cls(first, _end_of_month(day))

    @property
    def days(self) -> int:
        """How many dates it has."""
        return (self.last - self.first).days + 1

    @property
    def dates(self) -> list[date]:
        """Every date of it."""
        return [self.first + n * DAY for n in range(self.days)]

    @property
    def is_by_date(self) -> bool:
        """Whether it is short enough to be told date by date, and not month by month."""
        return self.days <= BY_DATE_UP_TO

    @property
    def is_whole_months(self) -> bool:
        """Whether it begins and ends with a month."""
        return self.first.day == 1 and self.last == _end_of_month(self.last)

    @property
    def months(self) -> list[date]:
        """The first day of every month that it touches."""
        count = _months_between(self.first, self.last) + 1
        return [_moved(self.first.replace(day=1), n) for n in range(count)]

    def window(self, zone: ZoneInfo) -> Interval:
        """Its real time on the clock of `zone`."""
        return local_days(self.first, self.last + DAY, zone)

    def stage(self, zone: ZoneInfo, *, now: datetime) -> "Stage":
        """Whether at `now`, on the clock of `zone`, it is still to come, running or over."""
        window = self.window(zone)
        if now < window.start:
            return Stage.TO_COME
        return Stage.RUNNING if now < window.end else Stage.OVER

    def next(self) -> "Period":
        """As much time right after it; whole months after whole months."""
        if self.is_whole_months:
            count = len(self.months)
            first = _moved(self.first, count)
            return Period(first, _end_of_month(_moved(first, count - 1)))
        return Period(self.last + DAY, self.last + self.days * DAY)

    def previous(self) -> "Period":
        """As much time before it.

        Whole months before whole months; days from the first of a month on beside as many days
        of the month before; anything else beside as many days right before it.
        """
        if self.is_whole_months:
            return Period(_moved(self.first, -len(self.months)), self.first - DAY)
        if self.first.day == 1 and len(self.months) == 1:
            first = _moved(self.first, -1)
            return Period(first, min(first + (self.days - 1) * DAY, self.first - DAY))
        return Period(self.first - self.days * DAY, self.first - DAY)

    def year_ago(self) -> "Period":
        """The same dates of the year before; the end of February stays its end."""
        first, last = (_moved(day, -12) for day in (self.first, self.last))
        return Period(first, _end_of_month(last) if self.is_whole_months else last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """All that a report depends on."""

    scope: Scope
    period: Period
    compare: Compare = Compare.BEFORE
    with_assumed: bool = True

    @property
    def before(self) -> Period | None:
        """The time that stands beside the period, if any."""
        if self.compare == Compare.BEFORE:
            return self.period.previous()
        return self.period.year_ago() if self.compare == Compare.YEAR_AGO else None

    @property
    def query(self) -> str:
        """The query string of its address, without the question mark; defaults are left out."""
        parts = {
            "scope": self.scope.key,
            "from": self.period.first.isoformat(),
            "until": self.period.last.isoformat(),
        }
        if self.compare != Compare.BEFORE:
            parts["compare"] = self.compare.value
        if not self.with_assumed:
            parts["assumed"] = "0"
        return urlencode(parts, safe=":/@")

    def but(self, **changes: Any) -> "Filters":
        """The same with other values of some fields."""
        return replace(self, **changes)


class FiltersForm(forms.Form):
    """Filters as an address holds them: `scope`, `from`, `until`, `compare`, `assumed`.

    Dates that are left out mean the month that runs at `now`, up to today. Once `is_valid()`,
    `filters` is what was asked for.
    """

    scope = forms.CharField(label=_("Figures of"), max_length=300)
    until = forms.DateField(
        label=_("until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    compare = forms.ChoiceField(label=_("Compared with"), choices=Compare.choices, required=False)
    assumed = forms.ChoiceField(
        label=_("Assumed use"),
        choices=[("1", _("counted")), ("0", _("left out"))],
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, now: datetime) -> None:
        super().__init__(data)
        self.now = now
        # A field named by a word of Python.
        self.fields["from"] = forms.DateField(
            label=_("from"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
        )
        self.order_fields(["scope", "from", "until", "compare", "assumed"])

    def clean_scope(self) -> Scope:
        """What the text names."""
        try:
            return Scope.named(self.cleaned_data["scope"])
        except UnknownScope:
            raise forms.ValidationError(gettext("There is nothing of this name.")) from None

    def clean(self) -> None:
        """The dates must make a period; the ones left out are put in."""
        super().clean()
        scope = self.cleaned_data.get("scope")
        if scope is None or {"from", "until"} & set(self.errors):
            return
        today = self.now.astimezone(scope.zone).date()
        last = self.cleaned_data["until"]
        first = self.cleaned_data["from"] or (last or today).replace(day=1)
        last = last or (today if first <= today else _end_of_month(first))
        if not FIRST_DATE <= first <= LAST_DATE:
            self.add_error("from", gettext("Choose a date between 2000 and 2100."))
        elif not FIRST_DATE <= last <= LAST_DATE:
            self.add_error("until", gettext("Choose a date between 2000 and 2100."))
        elif last < first:
            self.add_error("until", gettext("The last day lies before the first."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("until", gettext("A report covers at most five years."))
        else:
            self.cleaned_data |= {"from": first, "until": last}

    @cached_property
    def filters(self) -> Filters:
        """What was asked for, of a valid form."""
        told = self.cleaned_data
        return Filters(
            scope=told["scope"],
            period=Period(told["from"], told["until"]),
            compare=Compare(told["compare"] or Compare.BEFORE),
            with_assumed=told["assumed"] != "0",
        )


def last_kept(today: date) -> date:
    """The last date of which figures are kept ahead: the end of next month."""
    return _end_of_month(_moved(today, 1))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _months_between(first: date, last: date) -> int:
    return 12 * (last.year - first.year) + last.month - first.month


def _moved(day: date, months: int) -> date:
    """The same day of another month, or the last one where that has fewer days."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
