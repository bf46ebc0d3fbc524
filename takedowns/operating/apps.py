from django.apps import AppConfig


class OperatingConfig(AppConfig):
    name = "takedowns.operating"
    label = "operating"
