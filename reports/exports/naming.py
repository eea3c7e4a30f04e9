"""What files are called.

The name tells apart what the figures tell apart: a pool and a category of one name, a machine
and its space, figures with and without assumed use.
"""

import hashlib

from reports.filters import Filters, Scope
from reports.models import Statement
from reports.states import Content, Format

LONGEST = 90
"""Characters of what a file is about; with the rest they fit into `Export.filename`."""
_DIGITS = 8


def stem_of(filters: Filters, content: Content) -> str:
    """Such as `utilisation-category-laser@geneve-2026-10-01-2026-10-31`."""
    what = "utilisation" if content == Content.REPORT else "sessions"
    period = filters.period
    dates = f"{period.first.isoformat()}-{period.last.isoformat()}"
    left_out = "" if filters.with_assumed else "-without-assumed"
    return f"{what}-{_short(_subject(filters.scope))}-{dates}{left_out}"


def filename_of(filters: Filters, content: Content, form: Format) -> str:
    """The same with what it is: `utilisation-machine-laser@geneve-2026-10-01-2026-10-31.pdf`."""
    return f"{stem_of(filters, content)}.{form}"


def proof_name(proof: Statement) -> str:
    """Such as `proof-acme@geneve-2026-01-01-2026-06-30-1f0c2ab9`: it ends as its digest begins."""
    place = f"@{proof.space.slug}" if proof.space else ""
    dates = f"{proof.first_date.isoformat()}-{proof.last_date.isoformat()}"
    return f"proof-{_short(f'{proof.company.slug}{place}')}-{dates}-{proof.digest[:_DIGITS]}"


def _subject(scope: Scope) -> str:
    """What it is about, by addresses, in which there is never an @."""
    subject = scope.machine or scope.pool or scope.category or scope.company or scope.space
    if subject is None:
        return str(scope.kind)
    place = f"@{scope.space.slug}" if scope.space and subject is not scope.space else ""
    return f"{scope.kind}-{subject.slug}{place}"


def _short(name: str) -> str:
    """`name`, or its beginning and what tells it from others that begin alike."""
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return f"{name[: LONGEST - _DIGITS - 1]}-{digest}"
