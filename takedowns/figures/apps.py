from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "takedowns.figures"
    label = "figures"
