from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "takedowns.statistics"
    label = "statistics"
