"""Addresses of the staff pages about machines."""

from django.urls import URLPattern

app_name = "machines"

urlpatterns: list[URLPattern] = []
