"""Two spaces that publish open data under licences of their own, and a proof that a company has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from members.models import Company, Member
from reports.filters import Period
from reports.licences import Licence
from reports.queries.proofs import Asked
from reports.services.proving import issue_statement
from reports.services.publishing import publish_months, set_open_data
from spaces.models import Space

QUARTER = timedelta(days=90)


def publish(spaces: Sequence[Space], *, by: Member, now: datetime) -> None:
    """Let the first two spaces publish the months that are final; figures must be there."""
    for space, licence in zip(spaces[:2], (Licence.CC_BY, Licence.CC0), strict=True):
        set_open_data(space=space, is_on=True, licence=licence, by=by, now=now)
    publish_months(now=now)


def prove(company: Company, *, by: Member, now: datetime) -> None:
    """What the company used in the last quarter, as it may hand it on."""
    period = Period((now - QUARTER).date(), now.date())
    issue_statement(asked=Asked(company, period), by=by, now=now)
