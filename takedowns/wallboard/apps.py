from django.apps import AppConfig


class WallboardConfig(AppConfig):
    name = "takedowns.wallboard"
    label = "wallboard"
