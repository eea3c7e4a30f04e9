"""Addresses of the staff pages about machines, and of the files that come with one."""

from django.urls import path

from machines.views.chosen import InventoryChoose
from machines.views.devices import DevicePage, DevicesPage, DeviceTokenRevoke
from machines.views.files import document, photo
from machines.views.inventory import InventoryPage
from machines.views.labels import LabelsPage
from machines.views.machine import MachineEdit, MachineNew
from machines.views.sheet import DocumentPage, PhotoPage, SheetPage
from machines.views.stock import (
    ConsumableFormPage,
    ConsumablePage,
    MovementsFile,
    StockCountPage,
    StockPage,
)
from machines.views.stocktaking import StocktakeFile, StocktakePage, StocktakesPage
from machines.views.suppliers import SupplierPage, SuppliersPage

app_name = "machines"

SPACE = "spaces/<slug:space>/"
STOCK = f"{SPACE}stock/"
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
    path(f"{SPACE}inventory/choose/", InventoryChoose.as_view(), name="inventory_choose"),
    path(f"{SPACE}inventory/new/", MachineNew.as_view(), name="machine_new"),
    path(f"{MACHINE}edit/", MachineEdit.as_view(), name="machine_edit"),
    path(f"{SPACE}labels/", LabelsPage.as_view(), name="labels"),
    path(f"{SPACE}labels/ticked/", LabelsPage.as_view(of_ticked=True), name="labels_chosen"),
    path(f"{SPACE}stocktakes/", StocktakesPage.as_view(), name="stocktakes"),
    path(f"{SPACE}stocktakes/<int:pk>/", StocktakePage.as_view(), name="stocktake"),
    path(
        f"{SPACE}stocktakes/<int:pk>/stocktake.csv", StocktakeFile.as_view(), name="stocktake_csv"
    ),
    path(f"{MACHINE}sheet/", SheetPage.as_view(), name="sheet"),
    path(f"{MACHINE}photos/<int:pk>/", PhotoPage.as_view(), name="photo_edit"),
    path(f"{MACHINE}documents/<int:pk>/", DocumentPage.as_view(), name="document_edit"),
    path("photos/<int:pk>/", photo, {"size": "large"}, name="photo"),
    path("photos/<int:pk>/small/", photo, {"size": "small"}, name="photo_small"),
    path(STOCK, StockPage.as_view(), name="stock"),
    path(f"{STOCK}new/", ConsumableFormPage.as_view(), name="consumable_new"),
    path(f"{STOCK}count/", StockCountPage.as_view(), name="stock_count"),
    path(f"{STOCK}movements.csv", MovementsFile.as_view(), name="stock_movements"),
    path(f"{STOCK}<int:pk>/", ConsumablePage.as_view(), name="consumable"),
    path(f"{STOCK}<int:pk>/change/", ConsumableFormPage.as_view(), name="consumable_change"),
    path(f"{STOCK}suppliers/", SuppliersPage.as_view(), name="suppliers"),
    path(f"{STOCK}suppliers/new/", SupplierPage.as_view(), name="supplier_new"),
    path(f"{STOCK}suppliers/<int:pk>/", SupplierPage.as_view(), name="supplier"),
    path("documents/<int:pk>/", document, name="document"),
]
