from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "takedowns.oversight"
    label = "oversight"
