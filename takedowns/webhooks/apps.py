"""The app that tells platforms."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "takedowns.webhooks"
    label = "webhooks"
