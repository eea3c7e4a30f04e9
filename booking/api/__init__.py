"""The catalogue and reservations, for programs."""

from ninja import Router

from booking.api.carts import router as carts_router
from booking.api.exchanges import router as exchanges_router
from booking.api.incidents import router as incidents_router
from booking.api.inductions import router as inductions_router
from booking.api.machines import router as machines_router
from booking.api.pools import router as pools_router
from booking.api.reservations import router as reservations_router
from booking.api.series import router as series_router
from booking.api.sessions import router as sessions_router
from booking.api.slots import router as slots_router
from booking.api.usage_events import router as usage_events_router
from booking.api.waitlist import router as waitlist_router
from booking.feeds import router as feeds_router

router = Router()
router.add_router("", machines_router)
router.add_router("", pools_router)
router.add_router("", inductions_router)
router.add_router("", slots_router)
router.add_router("", waitlist_router)
router.add_router("", reservations_router)
router.add_router("", sessions_router)
router.add_router("", carts_router)
router.add_router("", series_router)
router.add_router("", exchanges_router)
router.add_router("", usage_events_router)
router.add_router("", incidents_router)
router.add_router("", feeds_router)

__all__ = ["router"]
