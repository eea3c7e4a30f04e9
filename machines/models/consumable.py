"""What is used up: consumables by space, and the movements that make their stock.

The database adds up the movements itself and lets nobody change one, nor the stock beside them
(machines/migrations: stock is the sum of its movements).
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from machines.models.machine import Category
from machines.states import INTO_STOCK, OUT_OF_STOCK, MovementKind, StockUnit
from spaces.models import Space

DIGITS, PLACES = 12, 3
"""Of quantities: up to a gram of a ton."""

PRICE_PLACES = 4
"""A gram of filament costs less than a cent."""

NOTHING = Decimal(0)


class Supplier(models.Model):
    """Where a space orders what it uses up."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="suppliers")
    name = models.CharField(_("name"), max_length=120)
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    customer_number = models.CharField(_("our customer number"), max_length=80, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        ordering = ["name"]
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.UniqueConstraint(fields=["space", "name"], name="supplier_name_once_per_space")
        ]

    def __str__(self) -> str:
        return self.name


class ConsumableQuerySet(models.QuerySet["Consumable"]):
    """Filters of consumables."""

    def in_use(self) -> "ConsumableQuerySet":
        """Those that the space still has."""
        return self.filter(retired_at=None)

    def low(self) -> "ConsumableQuerySet":
        """Those of which no more than the minimum is left."""
        return self.in_use().filter(low_since__isnull=False)


class Consumable(models.Model):
    """One thing of which a space keeps a stock, such as PETG by the gram.

    `quantity` may be below zero: somebody took what nobody had written down, and a count sets it
    right. `low_since` is kept by the services, with each movement.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="consumables")
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("counted in"), max_length=10, choices=StockUnit.choices)
    price = models.DecimalField(
        _("price per unit"),
        max_digits=10,
        decimal_places=PRICE_PLACES,
        null=True,
        blank=True,
        validators=[MinValueValidator(NOTHING)],
    )
    minimum = models.DecimalField(
        _("minimum"),
        max_digits=DIGITS,
        decimal_places=PLACES,
        null=True,
        blank=True,
        validators=[MinValueValidator(NOTHING)],
    )
    reorder = models.DecimalField(
        _("to be ordered at a time"),
        max_digits=DIGITS,
        decimal_places=PLACES,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="consumables",
        verbose_name=_("supplier"),
    )
    article_number = models.CharField(_("article number"), max_length=80, blank=True)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="consumables", verbose_name=_("used on")
    )
    quantity = models.DecimalField(
        _("in stock"), max_digits=DIGITS, decimal_places=PLACES, default=NOTHING, editable=False
    )
    low_since = models.DateTimeField(_("low since"), null=True, blank=True, editable=False)
    retired_at = models.DateTimeField(
        pgettext_lazy("stock", "given up"), null=True, blank=True, editable=False
    )

    objects = ConsumableQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("consumable")
        verbose_name_plural = _("consumables")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "name"], name="consumable_name_once_per_space"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="consumable_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(minimum__gte=0),
                name="consumable_minimum_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(reorder__isnull=True) | Q(reorder__gt=0),
                name="consumable_reorder_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockCount(models.Model):
    """What somebody found on the shelf, beside what should have been there."""

    item = models.ForeignKey(Consumable, on_delete=models.PROTECT, related_name="counts")
    expected = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    counted = models.DecimalField(
        max_digits=DIGITS, decimal_places=PLACES, validators=[MinValueValidator(NOTHING)]
    )
    counted_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-counted_at", "-pk"]
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        constraints = [
            models.CheckConstraint(
                condition=Q(counted__gte=0), name="stockcount_counted_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.counted}"


class StockMovement(models.Model):
    """One change of the stock of a consumable, written once; a mistake is undone by another.

    `quantity` is more than nothing where stock came in; `balance` is what was there afterwards.
    `session_key` names the use of a machine for which something was taken, where it was for one;
    this floor does not know what that is.
    """

    item = models.ForeignKey(Consumable, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("kind"), max_length=10, choices=MovementKind.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=DIGITS, decimal_places=PLACES)
    balance = models.DecimalField(
        _("in stock afterwards"),
        max_digits=DIGITS,
        decimal_places=PLACES,
        default=NOTHING,
        editable=False,
    )
    unit_price = models.DecimalField(
        _("price per unit"),
        max_digits=10,
        decimal_places=PRICE_PLACES,
        null=True,
        blank=True,
        help_text="What it cost when it was moved.",
    )
    session_key = models.CharField(max_length=80, blank=True)
    count = models.OneToOneField(
        StockCount, on_delete=models.PROTECT, null=True, blank=True, related_name="movement"
    )
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    moved_at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-moved_at", "-pk"]
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [
            models.Index(fields=["item", "-moved_at", "-id"], name="stockmovement_item_moved_at"),
            models.Index(
                fields=["session_key"],
                condition=~Q(session_key=""),
                name="stockmovement_session",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="stockmovement_not_zero"),
            models.CheckConstraint(
                condition=Q(undoes__isnull=False)
                | Q(kind=MovementKind.COUNTED)
                | Q(kind__in=INTO_STOCK, quantity__gt=0)
                | Q(kind__in=OUT_OF_STOCK, quantity__lt=0),
                name="stockmovement_goes_the_way_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.quantity:+}"
