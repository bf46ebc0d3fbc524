from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "takedowns.retention"
    label = "retention"
