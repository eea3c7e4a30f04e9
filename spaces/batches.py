"""Long rows of things, a few at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`, in order; none where there is nothing."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
