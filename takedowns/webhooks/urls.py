"""The addresses of the pages of webhooks."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.webhooks import views

urlpatterns: list[URLPattern] = [
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/<uuid:endpoint_id>/", views.webhook, name="webhook"),
    path("webhooks/<uuid:endpoint_id>/rotate/", views.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<uuid:endpoint_id>/ping/", views.webhook_ping, name="webhook-ping"),
    path("webhooks/<uuid:endpoint_id>/replay/", views.webhook_replay, name="webhook-replay"),
    path("webhooks/<uuid:endpoint_id>/remove/", views.webhook_remove, name="webhook-remove"),
]
