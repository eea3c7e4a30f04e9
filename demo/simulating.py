"""How a simulated machine draws power: it rests, is switched on, cuts, pauses, cuts again. Pure."""

from collections.abc import Iterator
from itertools import chain, repeat
from random import Random

RESTS, LIGHT, PAUSE = (0.4, 2.5), (8, 14), (4, 10)
CUTS = (180, 650)

Watts = float


def power(rng: Random) -> Iterator[Watts]:
    """Reading after reading, for ever."""
    while True:
        yield from _level(rng, RESTS, rng.randint(6, 30))
        yield from _level(rng, LIGHT, rng.randint(1, 4))
        for _cut in range(rng.randint(1, 4)):
            cutting = rng.uniform(*CUTS)
            yield from _level(rng, (cutting * 0.9, cutting * 1.1), rng.randint(6, 40))
            yield from _level(rng, PAUSE, rng.randint(1, 3))


def jobs(rng: Random) -> Iterator[bool | None]:
    """Of a printer: True where a job starts, False where one stops, None in between."""
    while True:
        yield from chain(
            repeat(None, rng.randint(4, 20)), [True], repeat(None, rng.randint(20, 90)), [False]
        )


def _level(rng: Random, between: tuple[float, float], readings: int) -> Iterator[Watts]:
    return (round(rng.uniform(*between), 1) for _ in range(readings))
