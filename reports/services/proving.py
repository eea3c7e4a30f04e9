"""Issuing proofs of use."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from members.models import Member
from reports.models import Statement
from reports.queries.proofs import Asked, proof_of


def issue_statement(*, asked: Asked, by: Member, now: datetime) -> Statement:
    """Write down what a company used, as it is known now, so that anybody may check it later."""
    lines = [{**asdict(line), "month": f"{line.month:%Y-%m}"} for line in proof_of(asked, now=now)]
    return Statement.objects.create(
        company=asked.company,
        space=asked.space,
        first_date=asked.period.first,
        last_date=asked.period.last,
        project=asked.project,
        content={"company": asked.company.name, "lines": lines},
        issued_at=now,
        issued_by=by,
    )


class AlreadyWithdrawn(ValueError):
    """Somebody withdrew it before."""


@transaction.atomic
def withdraw_statement(statement: Statement, *, by: Member, because: str, now: datetime) -> None:
    """Let a proof be true no longer, for a reason that whoever checks it is told.

    Raises AlreadyWithdrawn.
    """
    row = Statement.objects.select_for_update().get(pk=statement.pk)
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = now, by, because
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
