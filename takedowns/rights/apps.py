from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "takedowns.rights"
    label = "rights"
