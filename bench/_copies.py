"""Why a mail came a second time: its first sender was killed, lost its database, or neither.

Whoever is killed takes no leave of the mail server, and sends nothing more on that line; a worker
that goes on does one or the other. So nobody need guess from the clock who was killed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from bench._post import Accepted, Post


class Cause(StrEnum):
    """What came between the server's first yes and its second."""

    KILL = "after a worker's kill"
    DATABASE = "after a restart of the database"
    NONE = "without either"


class Away(NamedTuple):
    """When the database was away, in seconds of the clock on the wall."""

    since: float
    until: float


class Copy(NamedTuple):
    """One mail that was accepted before."""

    first: Accepted
    second: Accepted
    cause: Cause
    line: str

    def in_words(self, happened: Iterable[tuple[float, str]]) -> str:
        """All that is known of it; `happened` is what was done to the processes, and when."""
        begin, end = self.first.at, self.second.at
        between = [
            f"{what} at {at - begin:+.2f} s" for at, what in happened if begin - 1 <= at <= end
        ]
        return (
            f"{self.first.message_id.partition('.')[0]}> came again after {end - begin:.2f} s, "
            f"{self.cause}; its first line {self.line}; {', '.join(between) or 'nothing happened'}"
        )


def copies(
    post: Post, *, kills: Collection[float], restarts: Collection[Away], slack: float
) -> list[Copy]:
    """Every acceptance but the first of each mail; what it follows from is `slack` seconds near."""
    arrivals: dict[str, list[Accepted]] = {}
    for each in post.accepted:
        arrivals.setdefault(each.message_id, []).append(each)
    return [
        Copy(first, second, _cause(post, first, kills, restarts, slack), _line(post, first))
        for times in arrivals.values()
        for first, second in pairwise(times)
    ]


def counted(found: Sequence[Copy]) -> Counter[Cause]:
    """How many have which cause."""
    return Counter(each.cause for each in found)


def _cause(
    post: Post,
    first: Accepted,
    kills: Collection[float],
    restarts: Collection[Away],
    slack: float,
) -> Cause:
    if _broke(post, first) and any(abs(killed - first.at) <= slack for killed in kills):
        return Cause.KILL
    if any(away.since - slack <= first.at <= away.until + slack for away in restarts):
        return Cause.DATABASE
    return Cause.NONE


def _broke(post: Post, accepted: Accepted) -> bool:
    """Whether its sender said nothing more on its line, not even goodbye."""
    return post.heard[accepted.line] == accepted.number and accepted.line not in post.goodbyes


def _line(post: Post, accepted: Accepted) -> str:
    if post.heard[accepted.line] > accepted.number:
        return f"carried {post.heard[accepted.line] - accepted.number} more"
    return "ended with QUIT" if accepted.line in post.goodbyes else "broke"
