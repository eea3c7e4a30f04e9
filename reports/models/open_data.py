"""What a space lets everybody have."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member
from reports.licences import Licence
from spaces.models import Space


class OpenData(models.Model):
    """Whether a space lets everybody have its catalogue, openings and anonymous figures."""

    space = models.OneToOneField(Space, on_delete=models.CASCADE, related_name="open_data")
    is_on = models.BooleanField(_("published"), default=False)
    licence = models.CharField(
        _("licence"), max_length=10, choices=Licence.choices, default=Licence.CC_BY
    )
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("open data")
        verbose_name_plural = _("open data")

    def __str__(self) -> str:
        return str(self.space)


class PublishedMonth(models.Model):
    """The figures of a month as they were published, for ever: nobody can compare two versions."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="published_months")
    month = models.DateField(_("month"))
    content = models.JSONField()
    frozen_at = models.DateTimeField(_("published"))

    class Meta:
        ordering = ["-month"]
        verbose_name = _("published month")
        verbose_name_plural = _("published months")
        constraints = [
            models.UniqueConstraint(fields=["space", "month"], name="publishedmonth_once"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="publishedmonth_begins_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space}, {self.month:%Y-%m}"
