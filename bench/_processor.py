"""What processes have worked, told by Linux."""

import os
from pathlib import Path


def ticks(pid: int) -> float:
    """The milliseconds that a process on this machine has worked; none where it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """The processes that one has started, and those that they have started."""
    listed = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    children = [int(child) for text in listed for child in text.split()]
    return children + [each for child in children for each in descendants(child)]
