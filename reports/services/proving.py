"""Issuing proofs of use."""

from dataclasses import asdict
from datetime import datetime

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
