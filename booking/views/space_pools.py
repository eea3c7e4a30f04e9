"""The pools of a space, for its staff: what they are called and which machines are their units."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.pooling import PoolOfSpaceForm
from booking.queries.pools import pools_in, units_and_states
from booking.services.pools import change_pool, make_pool
from booking.services.spreading import Reassigned
from machines.models import Pool
from machines.views.staff import UNPROCESSABLE, StaffPage


class PoolsPage(StaffPage):
    """Every pool with its units, and the form for a new one."""

    template_name = "booking/space_pools.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        return self._list(request, PoolOfSpaceForm(space=self.space))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make a pool."""
        form = PoolOfSpaceForm(request.POST, space=self.space)
        if not form.is_valid():
            return self._list(request, form, UNPROCESSABLE)
        told = form.cleaned_data
        made = make_pool(space=self.space, name=told["name"], units=list(told["units"]))
        messages.success(request, _("The pool is there. Any of its units can be reserved."))
        return redirect("booking:space_pool", self.space.slug, made.slug)

    def _list(self, request: HttpRequest, form: PoolOfSpaceForm, status: int = 200) -> HttpResponse:
        return self.show(request, status, form=form, pools=pools_in(self.space))


class PoolPage(StaffPage):
    """One pool: its units with their state, its name, and which machines belong to it."""

    template_name = "booking/space_pool.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The pool as it is."""
        pool = self._pool(kwargs["pool"])
        units = [unit.pk for unit, _state in units_and_states(pool, now=self.now)]
        initial = {"name": pool.name, "units": units}
        return self._page(request, pool, self._form(pool, initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change it."""
        pool = self._pool(kwargs["pool"])
        form = self._form(pool, data=request.POST)
        if not form.is_valid():
            return self._page(request, self._pool(kwargs["pool"]), form, UNPROCESSABLE)
        told = form.cleaned_data
        done = change_pool(pool=pool, name=told["name"], units=list(told["units"]), now=self.now)
        messages.success(request, _("The pool is saved."))
        _tell(request, done)
        return redirect("booking:space_pool", self.space.slug, pool.slug)

    def _pool(self, slug: str) -> Pool:
        return get_object_or_404(Pool.objects.select_related("space"), space=self.space, slug=slug)

    def _form(self, pool: Pool, **filled: Any) -> PoolOfSpaceForm:
        return PoolOfSpaceForm(space=self.space, pool=pool, **filled)

    def _page(
        self, request: HttpRequest, pool: Pool, form: PoolOfSpaceForm, status: int = 200
    ) -> HttpResponse:
        units = units_and_states(pool, now=self.now)
        return self.show(request, status, form=form, pool=pool, units=units, moment=self.now)


def _tell(request: HttpRequest, done: Reassigned) -> None:
    """What became of the reservations on machines that left the pool."""
    moved, stuck = len(done.moved), len(done.without_unit)
    if moved:
        told = ngettext(
            "%(count)d reservation goes on another unit.",
            "%(count)d reservations go on other units.",
            moved,
        )
        messages.info(request, told % {"count": moved})
    if stuck:
        told = ngettext(
            "For %(count)d reservation no other unit is free: it stays on its machine.",
            "For %(count)d reservations no other unit is free: they stay on their machine.",
            stuck,
        )
        messages.warning(request, told % {"count": stuck})
