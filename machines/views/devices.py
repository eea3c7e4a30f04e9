"""Devices of a space: how they stand, one with its keys and what it told last."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from machines.forms.devices import DeviceForm, found_on_broker
from machines.metering.states import Dialect
from machines.models import Device, DeviceToken, HeardTopic
from machines.queries.devices import (
    counters_of,
    devices_of,
    latest_events,
    lost_lately,
    strangers,
)
from machines.services.device_tokens import create_device_token, revoke_device_token
from machines.services.devices import retire_device, save_device
from machines.views.staff import UNPROCESSABLE, StaffPage


class DevicesPage(StaffPage):
    """All devices in service, and who else speaks on the broker."""

    template_name = "machines/devices.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        return self.show(
            request,
            devices=devices_of(self.space, now=self.now),
            strangers=strangers(),
            lost=lost_lately(self.now),
            listens=bool(settings.MQTT_URL),
        )


@method_decorator(never_cache, name="dispatch")
class DevicePage(StaffPage):
    """One device, new or to be changed."""

    template_name = "machines/device.html"

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The device as it is; a new one begins with what was heard on the broker."""
        device = self._device(pk)
        heard = request.GET.get("heard", "")
        stranger = HeardTopic.objects.filter(pk=heard).first() if heard.isdecimal() else None
        initial = found_on_broker(stranger) if stranger and pk is None else None
        return self._page(request, DeviceForm(instance=device, initial=initial))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Keep it, put it away, or give it a key."""
        device, step = self._device(pk), request.POST.get("step")
        if device.pk is not None and step == "remove":
            retire_device(device=device, now=self.now)
            messages.success(request, _("The device is put away. What it told stays in the log."))
            return redirect("machines:devices", self.space.slug)
        if device.pk is not None and step == "key":
            _token, secret = create_device_token(device=device, by=self.member, now=self.now)
            return self._page(request, DeviceForm(instance=device), secret=secret)
        form = DeviceForm(request.POST, instance=device)
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE)
        saved = save_device(
            device=form.save(commit=False), machines=form.cleaned_data["machines"], now=self.now
        )
        messages.success(request, _("The device is saved."))
        return redirect("machines:device", self.space.slug, saved.pk)

    def _device(self, pk: int | None) -> Device:
        if pk is None:
            return Device(space=self.space)
        rows = Device.objects.in_service().select_related("space")
        return get_object_or_404(rows, pk=pk, space=self.space)

    def _page(
        self, request: HttpRequest, form: DeviceForm, status: int = 200, *, secret: str = ""
    ) -> HttpResponse:
        device: Device = form.instance
        known = device if device.pk else None
        context = _about(Device.objects.get(pk=known.pk)) if known else {}
        if known:
            context["is_silent"] = known.is_silent(self.now)
        return self.show(request, status, form=form, device=known, secret=secret, **context)


class DeviceTokenRevoke(StaffPage):
    """Ends a key of a device."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, pk: int, token: int) -> HttpResponse:
        """From now on it opens nothing."""
        found = get_object_or_404(DeviceToken, pk=token, device=pk, device__space=self.space)
        revoke_device_token(token=found, now=self.now)
        messages.success(request, _("The key %(key)s is revoked.") % {"key": found})
        return redirect("machines:device", self.space.slug, pk)


def _about(device: Device) -> dict[str, Any]:
    """What is known of a device beside its form."""
    machines = device.meters.filter(removed_at=None).values_list("machine_id", flat=True)
    return {
        "tokens": list(device.tokens.filter(revoked_at=None)),
        "events": latest_events(device),
        "counters": counters_of(list(machines)),
        "speaks_http": device.dialect == Dialect.API,
        "stands": device,
        "runs": device.runs.open().exists(),
    }
