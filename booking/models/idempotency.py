"""Answers kept so that a program may send the same write twice."""

from django.db import models
from django.utils.timezone import now

from members.models import Member


class IdempotentWrite(models.Model):
    """One write of a program, found again by its key.

    `fingerprint` is that of the request; `status` is None while the answer is being made.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "key"], name="idempotentwrite_key_once")
        ]

    def __str__(self) -> str:
        return self.key
