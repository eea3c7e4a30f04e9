"""What of a report its reader is shown."""

from collections.abc import Iterable
from dataclasses import replace

from members.models import Member
from reports.filters import Scope, UnknownScope
from reports.permissions import may_see
from reports.queries.offered import Workplace
from reports.report import Report


def shown_to(workplace: Workplace, report: Report) -> Report:
    """`report` with the spaces alone in which its reader works; the sums stay those of all.

    A company sees all of its own machines: what they tell here is its own use.
    """
    if not _is_of_many(report):
        return report
    parts = [part for part in report.parts if workplace.holds(part.scope)]
    return replace(report, parts=parts)


def parts_asked_for(report: Report) -> list[str]:
    """The keys of the parts that the right to read the whole does not cover."""
    return [part.scope.key for part in report.parts] if _is_of_many(report) else []


def may_see_parts(person: Member, keys: Iterable[str]) -> bool:
    """Whether `person` may read every one of these parts today."""
    try:
        return all(may_see(person, Scope.named(key)) for key in keys)
    except UnknownScope:
        return False


def _is_of_many(report: Report) -> bool:
    scope = report.filters.scope
    return scope.company is None and scope.is_of_many_spaces
