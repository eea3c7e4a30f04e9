"""What can be booked: machines, alike ones in pools, under shared categories."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Skill
from spaces.models import Room, Space


class Category(models.Model):
    """Machines of one purpose, in every space: laser cutters, sewing machines."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Pool(models.Model):
    """Interchangeable units of one space."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="pools")
    slug = models.SlugField(_("address"), max_length=80)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["name"]
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        constraints = [
            models.UniqueConstraint(fields=["space", "slug"], name="pool_slug_once_per_space")
        ]

    def __str__(self) -> str:
        return self.name


class MachineQuerySet(models.QuerySet["Machine"]):
    """Filters of machines."""

    def in_service(self) -> "MachineQuerySet":
        """Machines that have not been retired; they may still be down."""
        return self.filter(retired_at=None)

    def listed(self) -> "MachineQuerySet":
        """Machines that the public catalogue shows."""
        return self.in_service().filter(is_listed=True, space__is_listed=True)


class Machine(models.Model):
    """One bookable unit.

    Whether it is down is told by its open faults, not by a field (HOUSE, one fact has one home).
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="machines")
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="machines"
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="machines")
    pool = models.ForeignKey(
        Pool, on_delete=models.SET_NULL, null=True, blank=True, related_name="machines"
    )
    slug = models.SlugField(_("address"), max_length=140)
    name = models.CharField(_("name"), max_length=140)
    make = models.CharField(_("make"), max_length=80, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    materials = models.CharField(_("materials"), max_length=200, blank=True)
    work_area = models.CharField(_("work area"), max_length=120, blank=True)
    inventory_number = models.CharField(_("inventory number"), max_length=80, blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="machines")
    import_key = models.CharField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="Finds the machine again on import.",
    )
    is_listed = models.BooleanField(_("listed"), default=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("machine")
        verbose_name_plural = _("machines")
        constraints = [
            models.UniqueConstraint(fields=["space", "slug"], name="machine_slug_once_per_space"),
            models.UniqueConstraint(
                fields=["space", "import_key"],
                condition=~Q(import_key=""),
                name="machine_import_key_once_per_space",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Spec(models.Model):
    """One line of a machine's sheet, such as laser power, 80 W."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="specs")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=80)
    value = models.CharField(_("value"), max_length=200)
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("specification")
        verbose_name_plural = _("specifications")

    def __str__(self) -> str:
        return f"{self.name}: {self.value} {self.unit}".rstrip()
