"""What may be shown of two measures that bound each other: what is used mostly was booked. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reports.blocks import Acting, Use
from reports.disclosure import (
    Part,
    Shown,
    Table,
    settled_columns,
    settled_parts,
    shown_of,
    without_columns_that_tell,
)


def shown_within(
    whole: Part,
    columns: Sequence[Hashable],
    inner: Sequence[Use],
    outer: Sequence[Use],
    acting: Acting | None = None,
) -> tuple[Shown, Shown]:
    """What may be shown of `inner` and of `outer`, where most of the first lies in the second.

    A sum of one is a bound for the same sum of the other. So a part is shown of both or of
    neither: what is shown then tells of each, and of what is left between them, by itself. Where
    nobody did anything of `outer` nothing lies in it, and where a measure is shown nowhere it
    bounds nothing.
    """
    within, around = (Table.of(columns, uses, acting) for uses in (inner, outer))
    parts = settled_parts(whole, within), settled_parts(whole, around)
    if not all(parts):
        return shown_of(whole, columns, inner, acting), shown_of(whole, columns, outer, acting)
    alone = {part.key for part in whole.every if not around.block(part.rows).amount}
    of_columns = settled_columns(within), settled_columns(around)
    unbooked = {each for each in columns if not around.block(columns=[each]).amount}
    both = Shown(parts[0] & parts[1], of_columns[0] & of_columns[1])
    used = Shown(both.parts | (parts[0] & alone), both.columns | (of_columns[0] & unbooked))
    between = Table.of(columns, _between(inner, outer), acting)
    if without_columns_that_tell(whole, both, between) != both:
        return Shown(used.parts), Shown(both.parts)
    told = (
        without_columns_that_tell(whole, used, within),
        without_columns_that_tell(whole, both, around),
    )
    if not all(each.columns for each in told):
        return Shown(used.parts), Shown(both.parts)
    return told


def _between(inner: Iterable[Use], outer: Iterable[Use]) -> Iterator[Use]:
    """What each did of `outer` alone, and be it nothing."""
    done: Counter[Use] = Counter()
    for use in inner:
        done[replace(use, amount=0)] += use.amount
    for use in outer:
        yield replace(use, amount=max(0, use.amount - done[replace(use, amount=0)]))


def agreeing(
    shown: Shown,
    uses: Iterable[Use],
    *,
    rows: Mapping[Hashable, int],
    columns: Mapping[Hashable, int],
) -> Shown:
    """`shown`, but nothing of sums that are others than those that were judged."""
    by_row, by_column = Counter[Hashable](), Counter[Hashable]()
    for use in uses:
        by_row[use.row] += use.amount
        by_column[use.column] += use.amount
    if by_row != Counter(rows):
        return Shown()
    return shown if by_column == Counter(columns) else Shown(shown.parts)
