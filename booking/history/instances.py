"""Which fab-manager an export is of: each counts its machines, people and reservations from 1."""

FIRST = "fab-manager"
"""What one is called whose files came in before they were told apart, or that needs no name."""

LONGEST_INSTANCE = 100


def instance_of(told: str) -> str:
    """Its address or name as it is kept: “https://Fab.example.org/” is “fab.example.org”."""
    name = " ".join(told.split()).casefold()
    return name.removeprefix("https://").removeprefix("http://").rstrip("/")[:LONGEST_INSTANCE]


def prefix_of(instance: str) -> str:
    """What stands before its numbers wherever they are kept."""
    return f"{FIRST}:" if instance in {"", FIRST} else f"{FIRST}:{instance}:"


def is_numbered(key: str) -> bool:
    """Whether a key holds the number that a fab-manager gave."""
    return key.startswith(f"{FIRST}:")
