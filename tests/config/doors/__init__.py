"""Every address and every call of the API, and who is turned away from it, by room.

A new room names its doors in a module of its own, and is added here.
"""

from tests.config.doors import (
    billing,
    booking,
    config,
    devices,
    exports,
    faults,
    history,
    inventory,
    kiosk,
    learning,
    machines,
    members,
    notifications,
    public,
    reports,
    stock,
    upkeep,
)
from tests.config.doors.calls import ASKED, CALLS, IDS

__all__ = ["ASKED", "CALLS", "DOORS", "IDS"]

ROOMS = (
    billing,
    booking,
    config,
    devices,
    exports,
    inventory,
    faults,
    history,
    kiosk,
    learning,
    machines,
    members,
    notifications,
    public,
    reports,
    stock,
    upkeep,
)
DOORS = {name: door for room in ROOMS for name, door in room.DOORS.items()}
