from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "takedowns.intake"
    label = "intake"
