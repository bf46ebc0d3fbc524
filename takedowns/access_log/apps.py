from django.apps import AppConfig


class AccessLogConfig(AppConfig):
    name = "takedowns.access_log"
    label = "access_log"
