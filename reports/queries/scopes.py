"""Which rows a scope adds up."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.functional import cached_property

from machines.models import Machine, Pool
from members.models import Company
from reports.filters import Scope
from reports.models import UsageGroup
from spaces.models import Space

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Chosen:
    """The machines of a scope, retired ones too; of a company all that there are."""

    scope: Scope

    @cached_property
    def pks(self) -> list[int]:
        """Their ids, read once somebody asks for them."""
        return list(self._machines().order_by("pk").values_list("pk", flat=True))

    @property
    def company(self) -> Company | None:
        """Of which only the part counts that was for it, where there is one."""
        return self.scope.company

    @property
    def is_everything(self) -> bool:
        """Whether no machine is left out."""
        return self.scope == Scope.of_network()

    @property
    def is_by_space(self) -> bool:
        """Whether it is told by space, and not by machine."""
        return self.scope.is_of_many_spaces and self.scope.company is None

    @property
    def is_of_groups(self) -> bool:
        """Whether its machines are those of whole groups."""
        return self.scope.machine is None and self.scope.company is None

    def of(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Those of `rows` that are about its machines."""
        return rows if self.is_everything else rows.filter(machine__in=self.pks)

    def has_group(self, pool: int | None) -> bool:
        """Whether a group that is told of adds up to it: its pool, or any category."""
        return pool is None or self.scope.pool is not None

    def groups_told(self) -> QuerySet[UsageGroup]:
        """The groups of which saturation is told: also the pools of a space or of a machine."""
        scope = self.scope
        rows = UsageGroup.objects.all()
        if scope.company is not None:
            return rows.none()
        if scope.machine is not None:
            machine = scope.machine
            return rows.filter(
                Q(pool=machine.pool_id, pool__isnull=False)
                | Q(space=machine.space_id, category=machine.category_id, pool=None)
            )
        if scope.pool is not None:
            return rows.filter(pool=scope.pool)
        if scope.category is not None:
            rows = rows.filter(category=scope.category)
        return rows.filter(pool=None) if scope.space is None else rows.filter(space=scope.space)

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

    def _machines(self) -> QuerySet[Machine]:
        scope = self.scope
        rows = Machine.objects.all()
        if scope.machine is not None:
            return rows.filter(pk=scope.machine.pk)
        if scope.pool is not None:
            return rows.filter(pool=scope.pool)
        if scope.category is not None:
            rows = rows.filter(category=scope.category)
        return rows if scope.space is None else rows.filter(space=scope.space)


def named_machines(pks: Collection[int], *, space: Space | None) -> list[Machine]:
    """Machines as reports name them, in the order of their names, in one `space` or in several."""
    rows = Machine.objects.filter(pk__in=pks)
    if space is None:
        rows = rows.select_related("space").only(*READ, *READ_OF_SPACE)
        return list(rows.order_by("space__name", "name", "pk"))
    machines = list(rows.only(*READ, "space").order_by("name", "pk"))
    for machine in machines:
        machine.space = space
    return machines


READ = ("name", "slug", "category", "pool")
READ_OF_SPACE = ("space__name", "space__slug", "space__timezone")
