from django.apps import AppConfig


class HoldsConfig(AppConfig):
    name = "takedowns.holds"
    label = "holds"
