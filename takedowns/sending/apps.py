from django.apps import AppConfig


class SendingConfig(AppConfig):
    name = "takedowns.sending"
    label = "sending"
