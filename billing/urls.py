"""Addresses of what touches prices."""

from django.urls import path

from billing.views.inventory import (
    InventoryExport,
    InventoryImport,
    InventoryWorkbook,
)
from billing.views.prices import PricesPage

app_name = "billing"

urlpatterns = [
    path(
        "spaces/<slug:space>/inventory/import/", InventoryImport.as_view(), name="inventory_import"
    ),
    path("spaces/<slug:space>/machines/<slug:slug>/prices/", PricesPage.as_view(), name="prices"),
    path("spaces/<slug:space>/inventory.csv", InventoryExport.as_view(), name="inventory_export"),
    path(
        "spaces/<slug:space>/inventory.xlsx", InventoryWorkbook.as_view(), name="inventory_workbook"
    ),
]
