"""Plays the steps of a case in order, and compares what came of them with what it expects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.services.refusing import BookingRefused
from tests.acceptance import attending, looking, reserving, series, upkeep, waiting
from tests.acceptance.after import CHECKS
from tests.acceptance.answers import MISSING, Action, Answer, Differs, refused, same
from tests.acceptance.form import Facts, NotUnderstood
from tests.acceptance.given import world_of
from tests.acceptance.world import World

ACTIONS: dict[str, Action] = {
    action.__name__: action
    for area in (reserving, series, attending, waiting, upkeep, looking)
    for action in area.ACTIONS
}
KEYS = {"id", "area", "title", "given", "when", "then", "convention", "why", "source"}
TEXTS = ("must_contain", "must_not_contain")


def run(case: Mapping[str, Any]) -> None:
    """Play a case. Raises Differs where it fails, NotUnderstood where it cannot be read."""
    _known("the case", case, KEYS)
    then = case["then"]
    _known("then", then, {"results", "after"})
    world = world_of(case["given"])
    results = then.get("results") or []
    if len(results) != len(case["when"]):
        raise NotUnderstood(f"{len(case['when'])} steps have {len(results)} results")
    for number, (step, expected) in enumerate(zip(case["when"], results, strict=True)):
        answer = _answer(world, Facts(step, f"when[{number}]"))
        compare(world, f"results[{number}] of {step['action']}", answer, expected)
    after = then.get("after") or {}
    _known("then.after", after, CHECKS)
    for what, expected in after.items():
        CHECKS[what](world, expected)


def _known(where: str, keys: Mapping[str, Any], known: Mapping[str, Any] | set[str]) -> None:
    for key in keys:
        if key not in known:
            raise NotUnderstood(f"{where}: nobody here understands “{key}”")


def _answer(world: World, step: Facts) -> Answer:
    name = step["action"]
    if name not in ACTIONS:
        raise NotUnderstood(f"nobody here knows the action “{name}”")
    if "at" in step:
        world.now = world.moment(step["at"])
    try:
        answer = ACTIONS[name](world, step)
    except BookingRefused as error:
        answer = refused(error)
    step.finish()
    return answer


def compare(world: World, what: str, answer: Answer, expected: Mapping[str, Any]) -> None:
    """Every key expected matches; what must not be told is nowhere in the whole answer."""
    for key, value in expected.items():
        if key in TEXTS:
            _told(what, answer, key, value)
        elif key == "unit_in":
            if answer.get("unit") not in value:
                raise Differs(f"{what}/unit_in", expected=value, got=answer.get("unit"))
        elif key not in answer:
            raise Differs(f"{what}/{key}", expected=value, got=_found(answer))
        else:
            _match(world, f"{what}/{key}", answer[key], value)


def _match(world: World, what: str, got: Any, expected: Any) -> None:
    """Compare one value: mappings in all that is expected of them, lists in each part."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        compare(world, what, dict(got), expected)
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            raise Differs(what, expected=expected, got=_plain(world, got))
        for number, (each, wanted) in enumerate(zip(got, expected, strict=True)):
            _match(world, f"{what}[{number}]", each, wanted)
    elif isinstance(got, datetime):
        wanted = world.moment(str(expected))
        same(what, expected=_plain(world, wanted), got=_plain(world, got))
    else:
        same(what, expected=expected, got=got)


def _plain(world: World, value: Any) -> Any:
    """Moments as they are read on the site's clock."""
    if isinstance(value, list):
        return [_plain(world, each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(world.space.zone).isoformat(timespec="minutes")
    return value


def _told(what: str, answer: Answer, key: str, texts: list[str]) -> None:
    whole = repr(answer)
    for text in texts:
        if (text in whole) != (key == "must_contain"):
            raise Differs(f"{what}/{key}", expected=text, got=whole)


def _found(answer: Answer) -> Any:
    """What the answer says instead of what is missing in it."""
    return {key: value for key, value in answer.items() if key != "messages"} or MISSING
