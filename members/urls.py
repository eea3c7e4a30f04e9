"""Addresses of a member's own pages."""

from django.urls import path

from members.views import messages, profile

app_name = "members"

urlpatterns = [
    path("spaces/<slug:space>/messages/", messages.messages, name="messages"),
    path("messages/<int:message_id>/", messages.message, name="message"),
    path("messages/<int:message_id>/html/", messages.message_html, name="message_html"),
    path("profile/", profile.profile, name="profile"),
    path("profile/tokens/", profile.token_create, name="token_create"),
    path("profile/tokens/<int:token_id>/revoke/", profile.token_revoke, name="token_revoke"),
]
