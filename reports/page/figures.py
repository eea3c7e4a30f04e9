"""One figure as it is shown: its definition, what it is, and what it was before."""

from dataclasses import dataclass

from reports.definitions import BY_ID, Definition
from reports.figures import Share, Totals


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate, or seconds; what it was before is None where nothing stands beside it."""

    definition: Definition
    share: Share | None
    share_before: Share | None
    seconds: int
    seconds_before: int | None

    @classmethod
    def of(cls, metric: str, totals: Totals, before: Totals | None) -> "Figure":
        """The figure of `metric`."""
        definition = BY_ID[metric]
        if metric.endswith("_h"):
            column = definition.column
            earlier = None if before is None else before.seconds(column)
            return cls(definition, None, None, totals.seconds(column), earlier)
        share_before = None if before is None else before.share(metric)
        return cls(definition, totals.share(metric), share_before, 0, None)

    @property
    def order(self) -> float:
        """What it is sorted by; n/a comes before everything."""
        if self.share is None:
            return self.seconds
        return -1 if self.share.rate is None else float(self.share.rate)
