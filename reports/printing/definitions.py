"""By what definitions a paper was made: in the foot of each page, and as its last section."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.definitions import VERSION, Definition
from reports.printing.kit import Paper, table_of, words


def foot(made_at: datetime, zone: tzinfo) -> str:
    """When a paper was made, on the clock of `zone`, and by which definitions."""
    made = date_format(made_at.astimezone(zone), "DATETIME_FORMAT")
    return _("Établi, made on %(when)s, definition set %(version)s") % {
        "when": made,
        "version": VERSION,
    }


def meanings(paper: Paper, definitions: Iterable[Definition]) -> None:
    """Add a table of symbols, formulas and what they say."""
    paper.section(
        _("What every figure means"),
        words(
            _(
                "P is the period, |x| the hours of x with overlaps counted once. Rates divide "
                "sums; n/a stands where there is nothing to divide by."
            ),
            "soft",
        ),
    )
    paper.add(
        table_of(
            [_("Symbol"), _("Figure"), _("Formula"), _("Meaning")],
            [[each.symbol, each.name, each.formula, each.text] for each in definitions],
            widths=(0.55, 1.9, 1.45, 4.1),
            words_in=4,
        )
    )
