"""What the floors above may want to hear of at once."""

from django.dispatch import Signal

maintenance_changed = Signal()
"""The plan of `machine` was changed by its staff at `now`; sent after it is saved."""
