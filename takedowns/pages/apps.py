from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "takedowns.pages"
    label = "pages"
