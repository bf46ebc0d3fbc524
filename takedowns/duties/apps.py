from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "takedowns.duties"
    label = "duties"
