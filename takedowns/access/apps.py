from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "takedowns.access"
    label = "access"
