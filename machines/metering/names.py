"""By which names devices can be heard and told over MQTT. Pure."""

LONGEST_NAME = 120

WILDCARDS = frozenset("+#")
SYSTEM = "$"
"""What begins with it is the broker's own, and nobody publishes there (MQTT 3.1.1, 4.7)."""


def is_speakable(name: str) -> bool:
    """Whether `name` can stand in the topics of one device."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and not name.startswith(SYSTEM)
        and WILDCARDS.isdisjoint(name)
    )
