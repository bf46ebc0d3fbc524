"""The app that tells people."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "takedowns.notices"
    label = "notices"
