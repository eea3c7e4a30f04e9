"""Addresses of the staff pages about machines, and of the files that come with one."""

from django.urls import path

from machines.views.closures import ClosureRemoval, ClosuresPage, HolidaysPage
from machines.views.faults import FaultResolve, FaultsPage
from machines.views.files import document, photo
from machines.views.hours import HoursPage
from machines.views.inventory import InventoryPage

app_name = "machines"

SPACE = "spaces/<slug:space>/"
MACHINE = f"{SPACE}machines/<slug:slug>/"

urlpatterns = [
    path(f"{SPACE}inventory/", InventoryPage.as_view(), name="inventory"),
    path(f"{SPACE}hours/", HoursPage.as_view(), name="hours"),
    path(f"{SPACE}closures/", ClosuresPage.as_view(), name="closures"),
    path(f"{SPACE}closures/<int:pk>/remove/", ClosureRemoval.as_view(), name="closure_remove"),
    path(f"{SPACE}holidays/", HolidaysPage.as_view(), name="holidays"),
    path(f"{MACHINE}hours/", HoursPage.as_view(), name="machine_hours"),
    path("machines/<slug:space>/<slug:slug>/photo/", photo, name="photo"),
    path("documents/<int:pk>/", document, name="document"),
    path(f"{MACHINE}faults/", FaultsPage.as_view(), name="faults"),
    path(f"{MACHINE}faults/<int:pk>/resolve/", FaultResolve.as_view(), name="fault_resolve"),
]
