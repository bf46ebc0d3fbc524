from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "takedowns.search"
    label = "search"
