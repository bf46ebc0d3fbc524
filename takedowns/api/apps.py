from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API, version 1, for platforms and agencies."""

    name = "takedowns.api"
