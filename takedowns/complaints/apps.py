from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "takedowns.complaints"
    label = "complaints"
