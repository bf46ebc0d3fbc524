from django.apps import AppConfig


class FingerprintsConfig(AppConfig):
    name = "takedowns.fingerprints"
    label = "fingerprints"
