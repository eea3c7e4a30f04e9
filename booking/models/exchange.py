"""Proposals between members: exchange two reservations, or hand one over."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.models.reservation import Reservation
from booking.states import ExchangeState
from members.models import Member


class Exchange(models.Model):
    """`proposed_by` offers `reservation` to `proposed_to`, for `in_return` where one is named.

    A swap has `in_return`; without it the reservation is handed over. Who was named by `address`
    is known by that alone until they accept: nobody is named where no member has it, and whoever
    asks cannot tell. The sequences are those of
    the two when it was proposed: what was changed since is not what anybody agreed to.
    """

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="exchanges_offered"
    )
    in_return = models.ForeignKey(
        Reservation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="exchanges_asked",
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    sequence_in_return = models.PositiveIntegerField(default=0, editable=False)
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    proposed_to = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="exchanges"
    )
    address = models.EmailField(_("e-mail address"), blank=True)
    note = models.CharField(_("message"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("proposed"))
    expires_at = models.DateTimeField(_("expires"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ExchangeState.choices, default=ExchangeState.OPEN
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints = [
            models.UniqueConstraint(
                fields=["reservation"],
                condition=Q(state=ExchangeState.OPEN),
                name="exchange_one_open_per_reservation",
            ),
            models.CheckConstraint(
                condition=Q(in_return=None) | ~Q(in_return=F("reservation")),
                name="exchange_of_two_reservations",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation}: {self.proposed_by} → {self.proposed_to or self.address}"
