"""Every page there is, by room.

A new room names its pages and brings its furniture in a module of its own, and is added here.
"""

from tests.journeys.rooms import (
    account,
    billing,
    booking,
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

__all__ = ["ROOMS"]

ROOMS = tuple(
    module.ROOM
    for module in (
        account,
        billing,
        booking,
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
)
