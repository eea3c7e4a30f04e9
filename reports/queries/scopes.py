"""Which rows a scope adds up."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from machines.models import Machine, Pool
from members.models import Company
from reports.filters import Scope
from reports.models import UsageGroup


@dataclass(frozen=True, slots=True)
class Chosen:
    """The machines of a scope, retired ones too; of a company all that there are."""

    scope: Scope
    machines: Sequence[Machine]

    @property
    def pks(self) -> list[int]:
        """Their ids."""
        return [machine.pk for machine in self.machines]

    @property
    def company(self) -> Company | None:
        """Of which only the part counts that was for it, where there is one."""
        return self.scope.company

    @property
    def is_everything(self) -> bool:
        """Whether no machine is left out."""
        return self.scope == Scope.of_network()

    @property
    def is_of_groups(self) -> bool:
        """Whether its machines are those of whole groups, which `groups` names."""
        return self.scope.machine is None and self.scope.company is None

    def groups(self) -> QuerySet[UsageGroup]:
        """The pool, or the categories of which the scope is made."""
        rows = UsageGroup.objects.all()
        scope = self.scope
        if scope.pool is not None:
            return rows.filter(pool=scope.pool)
        rows = rows.filter(pool=None)
        if scope.category is not None:
            rows = rows.filter(category=scope.category)
        return rows if scope.space is None else rows.filter(space=scope.space)

    def groups_told(self) -> QuerySet[UsageGroup]:
        """The groups of which saturation is told: also the pools of a space or of a machine."""
        scope = self.scope
        if scope.company is not None:
            return UsageGroup.objects.none()
        if scope.machine is not None:
            machine = scope.machine
            return UsageGroup.objects.filter(
                Q(pool=machine.pool_id, pool__isnull=False)
                | Q(space=machine.space_id, category=machine.category_id, pool=None)
            )
        if scope.space is not None and scope.category is None and scope.pool is None:
            return UsageGroup.objects.filter(space=scope.space)
        return self.groups()

    def pools(self) -> QuerySet[Pool]:
        """The pools that somebody may have asked for any unit of."""
        scope = self.scope
        if scope.machine is not None or scope.company is not None:
            return Pool.objects.none()
        if scope.pool is not None:
            return Pool.objects.filter(pk=scope.pool.pk)
        pools = Pool.objects.all()
        if scope.space is not None:
            pools = pools.filter(space=scope.space)
        if scope.category is not None:
            pools = pools.filter(machines__category=scope.category).distinct()
        return pools


def chosen_by(scope: Scope) -> Chosen:
    """What a scope adds up, in one query."""
    rows = Machine.objects.select_related("space").order_by("space__name", "name", "pk")
    if scope.machine is not None:
        rows = rows.filter(pk=scope.machine.pk)
    elif scope.pool is not None:
        rows = rows.filter(pool=scope.pool)
    else:
        if scope.category is not None:
            rows = rows.filter(category=scope.category)
        if scope.space is not None:
            rows = rows.filter(space=scope.space)
    return Chosen(scope, list(rows.only(*READ)))


READ = (
    "name",
    "slug",
    "category",
    "pool",
    "retired_at",
    "space__name",
    "space__slug",
    "space__timezone",
)
