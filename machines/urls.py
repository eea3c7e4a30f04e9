"""Addresses of the staff pages about machines, and of the files that come with one."""

from django.urls import path

from machines.views.files import document, photo
from machines.views.hours import HoursPage
from machines.views.inventory import InventoryPage

app_name = "machines"

SPACE = "spaces/<slug:space>/"
MACHINE = f"{SPACE}machines/<slug:slug>/"

urlpatterns = [
    path(f"{SPACE}inventory/", InventoryPage.as_view(), name="inventory"),
    path(f"{SPACE}hours/", HoursPage.as_view(), name="hours"),
    path(f"{MACHINE}hours/", HoursPage.as_view(), name="machine_hours"),
    path("machines/<slug:space>/<slug:slug>/photo/", photo, name="photo"),
    path("documents/<int:pk>/", document, name="document"),
]
