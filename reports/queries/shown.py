"""What of a report its reader is shown."""

from dataclasses import replace

from reports.queries.offered import Workplace
from reports.report import Report


def shown_to(workplace: Workplace, report: Report) -> Report:
    """`report` with the spaces alone in which its reader works; the sums stay those of all.

    A company sees all of its own machines: what they tell here is its own use.
    """
    scope = report.filters.scope
    if scope.company is not None or not scope.is_of_many_spaces:
        return report
    parts = [part for part in report.parts if workplace.holds(part.scope)]
    return replace(report, parts=parts)
