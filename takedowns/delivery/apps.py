"""The app that tells platforms."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "takedowns.delivery"
    label = "delivery"
