"""An end to what would be computed for ever."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

AGAIN = 0.05
"""Seconds of processor time after which it is said once more."""


class TookTooLong(Exception):
    """Something needs more time than it is given."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TookTooLong after `seconds` of processor time; in the main thread only.

    It may come where Python drops exceptions, as in the callback of a weak reference, or where a
    library catches all of them: so it is raised again until somebody hears it, in the end here.
    """
    is_over = False
    handler, hook = signal.getsignal(signal.SIGVTALRM), sys.unraisablehook

    def stop(_signal: int, _frame: Any) -> None:
        nonlocal is_over
        is_over = True
        raise TookTooLong

    def tell(dropped: "UnraisableHookArgs") -> None:
        if not isinstance(dropped.exc_value, TookTooLong):
            hook(dropped)

    sys.unraisablehook = tell
    signal.signal(signal.SIGVTALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
        yield
    finally:
        signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)
        sys.unraisablehook = hook
    if is_over:
        raise TookTooLong
