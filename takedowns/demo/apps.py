from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "takedowns.demo"
    label = "demo"
