"""The app that tells platforms and agencies."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "takedowns.webhooks"
    label = "webhooks"
