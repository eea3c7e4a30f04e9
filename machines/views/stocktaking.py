"""Stocktaking: going round with a phone or a scanner, and what was found."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from machines.exports import stocktake_csv
from machines.models import Stocktake
from machines.queries.stocktakes import (
    LAST_SHOWN,
    counts_of,
    missing_machines,
    standing_of,
    stocktakes_of,
)
from machines.services.stocktaking import (
    StocktakeClosed,
    close_stocktake,
    count_code,
    start_stocktake,
    take_back,
)
from machines.states import Outcome
from machines.views.staff import StaffPage

RUNNING = "running"
"""The part of the page that is shown anew after each code."""


class StocktakesPage(StaffPage):
    """The count that is open, and those that were."""

    template_name = "machines/stocktakes.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        return self.show(request, stocktakes=stocktakes_of(self.space))

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Start one, or go on with the open one."""
        stocktake = start_stocktake(space=self.space, by=self.member, now=self.now)
        return redirect("machines:stocktake", self.space.slug, stocktake.pk)


class StocktakePage(StaffPage):
    """One count: a field for the code, what it told, and how many are still to be found."""

    template_name = "machines/stocktake.html"
    stocktake: Stocktake

    def get(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """The count as it stands."""
        self.stocktake = self._stocktake(pk)
        return self.show(request, **self._context(request.GET.get("room", "")))

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Count a code, take one back, or close."""
        self.stocktake = self._stocktake(pk)
        step = {"close": self._close, "back": self._take_back}.get(
            request.POST.get("step", ""), self._count
        )
        try:
            return step(request)
        except StocktakeClosed:
            messages.warning(request, _("This stocktake is closed."))
            return redirect(request.path)

    def _count(self, request: HttpRequest) -> HttpResponse:
        code, room = request.POST.get("code", "").strip(), request.POST.get("room", "")
        told: dict[str, Any] = {}
        if code:
            told["last"] = count_code(
                stocktake=self.stocktake,
                code=code.replace("\0", ""),
                room=self.space.rooms.filter(pk=room if room.isdecimal() else 0).first(),
                by=self.member,
                now=self.now,
            )
        context = {**self._context(room), **told}
        if request.headers.get("HX-Target") == RUNNING:
            context |= {"space": self.space}
            return render(request, "machines/_stocktake_running.html", context)
        return self.show(request, **context)

    def _take_back(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("count", "")
        rows = self.stocktake.counts.select_related("stocktake")
        take_back(count=get_object_or_404(rows, pk=key if key.isdecimal() else 0))
        messages.success(request, _("Taken back."))
        return redirect(f"{request.path}?room={request.POST.get('room', '')}")

    def _close(self, request: HttpRequest) -> HttpResponse:
        close_stocktake(stocktake=self.stocktake, by=self.member, now=self.now)
        messages.success(request, _("The stocktake is closed."))
        return redirect(request.path)

    def _stocktake(self, pk: int) -> Stocktake:
        return get_object_or_404(self.space.stocktakes.select_related("space"), pk=pk)

    def _context(self, room: str) -> dict[str, Any]:
        counts = counts_of(self.stocktake)
        is_open = self.stocktake.closed_at is None
        return {
            "stocktake": self.stocktake,
            "is_open": is_open,
            "standing": standing_of(self.stocktake),
            "rooms": self.space.rooms.order_by("name"),
            "room": int(room) if room.isdecimal() else None,
            "counts": counts.exclude(outcome=Outcome.MISSING)[: LAST_SHOWN if is_open else None],
            "missing": missing_machines(self.stocktake)
            if is_open
            else [each.machine for each in counts.filter(outcome=Outcome.MISSING)],
        }


class StocktakeFile(StaffPage):
    """All that was read, and what is missing, as CSV."""

    def get(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """The file."""
        stocktake = get_object_or_404(self.space.stocktakes, pk=pk)
        name = f"stocktake-{self.space.slug}-{stocktake.started_at:%Y-%m-%d}.csv"
        return HttpResponse(
            stocktake_csv(stocktake),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
