from django.apps import AppConfig


class FindingConfig(AppConfig):
    name = "takedowns.finding"
    label = "finding"
