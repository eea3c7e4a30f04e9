"""What the figures of a paper mean, as its last section."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from reports.definitions import Definition
from reports.printing.kit import Paper, table_of, words


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
            widths=(0.6, 1.5, 1.5, 4.4),
            words_in=4,
        )
    )
