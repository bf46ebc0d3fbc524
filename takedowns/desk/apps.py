from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "takedowns.desk"
    verbose_name = "Desks of platforms"
