"""Addresses of the staff pages about machines, and of the files that come with one."""

from django.urls import path

from machines.views.devices import DevicePage, DevicesPage, DeviceTokenRevoke
from machines.views.files import document, photo
from machines.views.hours import HoursPage
from machines.views.inventory import InventoryPage

app_name = "machines"

SPACE = "spaces/<slug:space>/"
MACHINE = f"{SPACE}machines/<slug:slug>/"

urlpatterns = [
    path(f"{SPACE}inventory/", InventoryPage.as_view(), name="inventory"),
    path(f"{SPACE}devices/", DevicesPage.as_view(), name="devices"),
    path(f"{SPACE}devices/new/", DevicePage.as_view(), name="device_new"),
    path(f"{SPACE}devices/<int:pk>/", DevicePage.as_view(), name="device"),
    path(
        f"{SPACE}devices/<int:pk>/keys/<int:token>/revoke/",
        DeviceTokenRevoke.as_view(),
        name="device_token_revoke",
    ),
    path(f"{SPACE}hours/", HoursPage.as_view(), name="hours"),
    path(f"{MACHINE}hours/", HoursPage.as_view(), name="machine_hours"),
    path("machines/<slug:space>/<slug:slug>/photo/", photo, name="photo"),
    path("documents/<int:pk>/", document, name="document"),
]
