"""Calendar files as strangers write them."""

ZURICH = ";TZID=Europe/Zurich"


def event(
    start: str = f"{ZURICH}:20261028T090000",
    end: str = f"{ZURICH}:20261028T110000",
    *more: str,
    uid: str = "course@example.org",
    summary: str = "Course",
) -> str:
    """An event; `start` and `end` begin after the name of their line, and may be empty."""
    lines = [
        "BEGIN:VEVENT",
        *([f"UID:{uid}"] if uid else []),
        "DTSTAMP:20260901T000000Z",
        *([f"SUMMARY:{summary}"] if summary else []),
        *([f"DTSTART{start}"] if start else []),
        *([f"DTEND{end}"] if end else []),
        *more,
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(*components: str) -> bytes:
    """A file with one calendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *components]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def zone(tzid: str, offset: str = "+0200") -> str:
    """The definition of a zone whose clock never changes."""
    return "\r\n".join(
        [
            "BEGIN:VTIMEZONE",
            f"TZID:{tzid}",
            "BEGIN:STANDARD",
            "DTSTART:16010101T000000",
            f"TZOFFSETFROM:{offset}",
            f"TZOFFSETTO:{offset}",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    )


WEEKLY = event(f"{ZURICH}:20260902T180000", f"{ZURICH}:20260902T210000", "RRULE:FREQ=WEEKLY")
"""Every Wednesday evening without an end."""

MOVED = event(
    f"{ZURICH}:20261022T190000",
    f"{ZURICH}:20261022T200000",
    f"RECURRENCE-ID{ZURICH}:20261021T180000",
)
"""One of these evenings, put off to the next day and shortened."""

CANCELLED = event(
    f"{ZURICH}:20261028T180000",
    f"{ZURICH}:20261028T210000",
    f"RECURRENCE-ID{ZURICH}:20261028T180000",
    "STATUS:CANCELLED",
)
"""The one of the week after, which does not take place."""
