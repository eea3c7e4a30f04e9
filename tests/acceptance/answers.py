"""What a step answers, and what is compared with what was expected."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from booking.facts import Refusal
from booking.services.refusing import BookingRefused
from booking.states import RefusalCode
from tests.acceptance.form import Facts
from tests.acceptance.world import World

Answer = dict[str, Any]
Action = Callable[[World, Facts], Answer]
Check = Callable[[World, Any], None]

TIMEOUT = 60
DONE: Answer = {"result": "done"}
MISSING = "nothing"


class Differs(AssertionError):
    """What came out is not what the case expects."""

    def __init__(self, what: str, *, expected: object, got: object) -> None:
        self.what, self.expected, self.got = what, expected, got
        super().__init__(f"{what}: expected {expected!r}, got {got!r}")


def same(what: str, *, expected: object, got: object) -> None:
    """Raise Differs unless both are the same."""
    if expected != got:
        raise Differs(what, expected=expected, got=got)


def accepted(**told: object) -> Answer:
    """The answer to what was done."""
    return {"result": "accepted", **told}


def refused(error: BookingRefused) -> Answer:
    """The answer to what was refused; every refused step breaks exactly one rule."""
    codes = [str(each.code) for each in error.refusals]
    return {
        "result": "refused",
        "code": codes[0] if len(codes) == 1 else codes,
        "messages": [each.message for each in error.refusals],
    }


def at_once(names: Sequence[str], act: Callable[[str], object]) -> Answer:
    """Let everybody act at the same moment, each on a connection of their own; who got through."""
    start = Barrier(len(names), timeout=TIMEOUT)

    def one(name: str) -> str:
        try:
            start.wait()
            act(name)
        except BookingRefused as error:
            return str(code_of(error.refusals))
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as pool:
        codes = Counter(pool.map(one, names))
    told: Answer = {"result": "counts", "accepted": codes.pop("", 0), "refused": codes.total()}
    if codes:
        told["code"] = next(iter(codes)) if len(codes) == 1 else sorted(codes)
    return told


def code_of(refusals: list[Refusal]) -> RefusalCode:
    """The one code of a refusal; the first where there are several."""
    return refusals[0].code
