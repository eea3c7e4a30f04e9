"""Printers: the events of OctoPrint, and the state that PrusaLink tells."""

from machines.metering.states import Dialect
from machines.metering.telegrams.heard import Heard, fields, part, since_1970

WORKS = {
    "PrintStarted": True,
    "PrintResumed": True,
    "PrintPaused": False,
    "PrintDone": False,
    "PrintFailed": False,
    "PrintCancelled": False,
}
"""Whether a job runs after an event of OctoPrint; who waits does not work."""

ALONE = "octoprint"
"""The name of an OctoPrint that was given none."""


def read_octoprint(levels: list[str], payload: bytes) -> Heard | None:
    """`octoPrint/event/<event>`, or with a name of its own `octoPrint/<name>/event/<event>`."""
    match levels:
        case ["event", event]:
            name = ALONE
        case [name, "event", event]:
            pass
        case _:
            return None
    told = fields(payload)
    return Heard(
        dialect=Dialect.OCTOPRINT,
        name=name,
        works=WORKS.get(event),
        at=since_1970(told.get("_timestamp")),
    )


def read_prusalink(levels: list[str], payload: bytes) -> Heard | None:
    """`prusalink/<name>/status` with the answer of `GET /api/v1/status`."""
    match levels:
        case [name, "status"]:
            state = part(fields(payload), "printer").get("state")
            works = state == "PRINTING" if isinstance(state, str) else None
            return Heard(dialect=Dialect.PRUSALINK, name=name, works=works)
    return None
