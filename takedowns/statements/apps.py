from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "takedowns.statements"
    label = "statements"
