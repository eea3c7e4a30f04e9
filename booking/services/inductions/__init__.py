"""Inductions: planned with their machines, filled, decided about, concluded with certifications."""

from booking.services.inductions.concluding import conclude
from booking.services.inductions.deciding import decide
from booking.services.inductions.planning import call_off, induction_taking, plan
from booking.services.inductions.seating import join, leave

__all__ = ["call_off", "conclude", "decide", "induction_taking", "join", "leave", "plan"]
