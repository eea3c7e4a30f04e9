"""The mail server of the tests, keeping of every mail only who it is and when it was accepted."""

import re
import time
from collections import Counter
from typing import NamedTuple

from tests.smtp import Mailbox

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Accepted(NamedTuple):
    """One mail that the server said yes to, and when, in seconds of the clock on the wall.

    It was the `number`-th that came on its `line`, refused ones included.
    """

    message_id: str
    at: float
    line: object
    number: int


class Post(Mailbox):
    """What the server does; `seconds` is how long it takes over each mail."""

    def __init__(self, *, seconds: float = 0.0) -> None:
        super().__init__()
        self.accepted: list[Accepted] = []
        self.heard: Counter[object] = Counter()
        self.seconds = seconds
        self.refuses = False

    def accept(self, content: bytes, line: object) -> str:
        """Accept or refuse one mail; half of the time passes after it was accepted."""
        self.heard[line] += 1
        number = self.heard[line]
        if self.refuses:
            self.refused += 1
            return "451 Try again later"
        found = MESSAGE_ID.search(content)
        if found is None:
            return "550 No Message-ID"
        time.sleep(self.seconds / 2)
        self.accepted.append(Accepted(found[1].decode(), time.time(), line, number))
        time.sleep(self.seconds / 2)
        return self.answer
