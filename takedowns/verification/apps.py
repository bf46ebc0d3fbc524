from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "takedowns.verification"
    label = "verification"
