"""Addresses of a member's own pages."""

from django.urls import path

from members.views import companies, messages, profile, texts
from members.views.unsubscribing import unsubscribe

app_name = "members"

urlpatterns = [
    path("spaces/<slug:space>/messages/", messages.messages, name="messages"),
    path("spaces/<slug:space>/messages/templates/", texts.templates, name="message_templates"),
    path(
        "spaces/<slug:space>/messages/templates/<slug:kind>/<slug:language>/",
        texts.template,
        name="message_template",
    ),
    path(
        "spaces/<slug:space>/messages/templates/<slug:kind>/<slug:language>/words/",
        texts.text,
        name="message_text",
    ),
    path(
        "spaces/<slug:space>/messages/templates/<slug:kind>/<slug:language>/reset/",
        texts.text_reset,
        name="message_text_reset",
    ),
    path("messages/<int:message_id>/", messages.message, name="message"),
    path("messages/<int:message_id>/html/", messages.message_html, name="message_html"),
    path("messages/unsubscribe/<str:key>/", unsubscribe, name="unsubscribe"),
    path("companies/", companies.companies, name="companies"),
    path(
        "companies/invitations/<int:pk>/accept/",
        companies.invitation_accept,
        name="invitation_accept",
    ),
    path(
        "companies/invitations/<int:pk>/decline/",
        companies.invitation_decline,
        name="invitation_decline",
    ),
    path("companies/<slug:company>/people/", companies.people, name="company_people"),
    path(
        "companies/<slug:company>/people/<int:pk>/",
        companies.delegate_change,
        name="delegate_change",
    ),
    path(
        "companies/<slug:company>/people/<int:pk>/remove/",
        companies.delegate_remove,
        name="delegate_remove",
    ),
    path(
        "companies/<slug:company>/invitations/<int:pk>/withdraw/",
        companies.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("profile/", profile.profile, name="profile"),
    path("profile/tokens/", profile.token_create, name="token_create"),
    path("profile/tokens/<int:token_id>/revoke/", profile.token_revoke, name="token_revoke"),
]
