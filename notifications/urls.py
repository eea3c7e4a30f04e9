"""Addresses of a member's channels."""

from django.urls import path, re_path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("profile/channels/", views.channels, name="channels"),
    re_path(
        r"^profile/channels/(?P<way>push|matrix|webhook)/$", views.channel_add, name="channel_add"
    ),
    path("profile/channels/<int:pk>/change/", views.channel_change, name="channel_change"),
    path("profile/channels/<int:pk>/test/", views.channel_test, name="channel_test"),
    path("profile/channels/<int:pk>/on/", views.channel_switch_on, name="channel_switch_on"),
    path("profile/channels/<int:pk>/remove/", views.channel_remove, name="channel_remove"),
]
