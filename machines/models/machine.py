"""What can be booked: machines, alike ones in pools, under shared categories."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from machines.depreciation import Bought
from members.models import Company, Member, Skill
from spaces.models import Room, Space

NOT_NEGATIVE = [MinValueValidator(0)]


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
    A machine that goes to another space leaves its history behind: the row stays, retired, and
    names in `moved_to` the one that goes on.
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
    serial_number = models.CharField(_("serial number"), max_length=80, blank=True)
    purchase_date = models.DateField(_("purchase date"), null=True, blank=True)
    purchase_price = models.DecimalField(
        _("purchase price"),
        max_digits=12,
        decimal_places=2,
        validators=NOT_NEGATIVE,
        null=True,
        blank=True,
    )
    residual_value = models.DecimalField(
        _("residual value"),
        max_digits=12,
        decimal_places=2,
        validators=NOT_NEGATIVE,
        null=True,
        blank=True,
    )
    useful_life = models.PositiveSmallIntegerField(
        _("useful life in years"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    funder = models.CharField(_("funder"), max_length=120, blank=True)
    owner_company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="machines"
    )
    owner_space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="machines_elsewhere"
    )
    others_ahead_days = models.PositiveSmallIntegerField(
        _("days ahead for others than the owner"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1000)],
        help_text=_("Empty: the owner has no priority."),
    )
    loaded = models.CharField(_("loaded now"), max_length=120, blank=True)
    loaded_at = models.DateTimeField(_("loaded since"), null=True, blank=True)
    loaded_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="machines")
    import_key = models.CharField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="Finds the machine again on import.",
    )
    is_listed = models.BooleanField(_("listed"), default=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    moved_to = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="moved_from"
    )

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
            models.CheckConstraint(
                condition=Q(owner_company=None) | Q(owner_space=None),
                name="machine_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(others_ahead_days=None)
                | Q(owner_company__isnull=False)
                | Q(owner_space__isnull=False),
                name="machine_priority_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> Company | Space | None:
        """Whose it is, where it is not the space's in which it stands."""
        return self.owner_company or self.owner_space

    @property
    def bought(self) -> Bought | None:
        """What it cost and over how long it loses its value, where all of that is known."""
        if self.purchase_date is None or self.purchase_price is None:
            return None
        return Bought(
            on=self.purchase_date,
            price=self.purchase_price,
            residual=self.residual_value or Decimal(0),
            years=self.useful_life,
        )


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
