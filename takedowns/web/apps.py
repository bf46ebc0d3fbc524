from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "takedowns.web"
    label = "web"
