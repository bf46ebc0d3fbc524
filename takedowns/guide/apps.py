from django.apps import AppConfig


class GuideConfig(AppConfig):
    name = "takedowns.guide"
    label = "guide"
