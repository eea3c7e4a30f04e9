"""What a person may choose a report of, in a fixed number of queries."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from machines.models import Category, Machine, Pool
from members.models import Company, Member
from reports.filters import Scope
from spaces.models import Space

Choices = list[tuple[str, list[tuple[str, str]]]]
"""Groups of options, each the key of a scope and its name, as a select takes them."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """The spaces in which a person works."""

    spaces: tuple[Space, ...]

    def holds(self, scope: Scope) -> bool:
        """Whether `scope` lies in one of them."""
        return scope.space is not None and scope.space in self.spaces


def workplace_of(person: Member) -> Workplace:
    """Where `person` works; a superuser everywhere."""
    rows: QuerySet[Space] = Space.objects.order_by("name")
    if not person.is_superuser:
        rows = rows.filter(roles__member=person).distinct()
    return Workplace(tuple(rows))


def usual_scope(person: Member, workplace: Workplace) -> Scope | None:
    """What `person` looks at when no scope is asked for: their space, or their company."""
    if workplace.spaces:
        return Scope.of_space(workplace.spaces[0])
    company = Company.objects.filter(members=person).order_by("name").first()
    return Scope.of_company(company) if company else None


def choices_for(person: Member, workplace: Workplace, chosen: Scope | None) -> Choices:
    """What `person` may choose; of single machines, those of the space of `chosen`."""
    space = chosen.space if chosen and workplace.holds(chosen) else None
    groups: list[tuple[str, list[Scope]]] = [
        (_("Spaces"), [Scope.of_space(each) for each in workplace.spaces]),
        (_("Companies"), [Scope.of_company(each) for each in _companies(person)]),
    ]
    if workplace.spaces:
        groups.insert(0, (_("Everything"), [Scope.of_network()]))
    if space is not None:
        groups += _within(space)
    elif workplace.spaces:
        groups.append(
            (_("Categories"), [Scope.of_category(each) for each in Category.objects.all()])
        )
    if chosen is not None and not any(chosen in scopes for _label, scopes in groups):
        groups.append((_("Chosen"), [chosen]))
    return [
        (label, [(scope.key, scope.name) for scope in scopes]) for label, scopes in groups if scopes
    ]


def _within(space: Space) -> list[tuple[str, list[Scope]]]:
    categories = Category.objects.filter(machines__space=space).distinct()
    pools = Pool.objects.filter(space=space)
    machines = Machine.objects.filter(space=space).only("slug", "name", "space").order_by("name")
    for each in (*pools, *machines):
        each.space = space
    return [
        (
            _("Categories of %(space)s") % {"space": space},
            [Scope.of_category(each, space) for each in categories],
        ),
        (_("Pools of %(space)s") % {"space": space}, [Scope.of_pool(each) for each in pools]),
        (
            _("Machines of %(space)s") % {"space": space},
            [Scope.of_machine(each) for each in machines],
        ),
    ]


def _companies(person: Member) -> QuerySet[Company]:
    rows: QuerySet[Company] = Company.objects.order_by("name")
    return rows if person.is_superuser else rows.filter(members=person)
